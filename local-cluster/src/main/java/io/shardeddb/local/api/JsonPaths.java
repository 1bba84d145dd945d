package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.shardeddb.local.tree.Tree;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of JSONPath that printer columns and scale paths use: {@code .a.b}, {@code ['a.b']}, {@code [0]},
 * {@code [*]} and {@code [?(@.field=="text")]}; of several matches the first.
 */
final class JsonPaths {
    private static final Pattern FILTER = Pattern.compile("\\?\\(\\s*@\\.([^=!\\s]+)\\s*==\\s*[\"'](.*)[\"']\\s*\\)");

    private JsonPaths() {}

    static JsonNode first(JsonNode object, String path) {
        String rest = path.strip();
        if (rest.startsWith("{") && rest.endsWith("}")) {
            rest = rest.substring(1, rest.length() - 1);
        }
        JsonNode at = object;
        int i = 0;
        while (i < rest.length() && !at.isMissingNode()) {
            char c = rest.charAt(i);
            if (c == '.' || c == '$') {
                i++;
            } else if (c == '[') {
                int end = closing(rest, i);
                at = bracket(at, rest.substring(i + 1, end).strip());
                i = end + 1;
            } else {
                StringBuilder name = new StringBuilder();
                while (i < rest.length() && rest.charAt(i) != '.' && rest.charAt(i) != '[') {
                    if (rest.charAt(i) == '\\' && i + 1 < rest.length()) {
                        i++;
                    }
                    name.append(rest.charAt(i++));
                }
                at = at.path(name.toString());
            }
        }
        return at;
    }

    private static int closing(String text, int open) {
        char quote = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == ']') {
                return i;
            }
        }
        return text.length() - 1;
    }

    private static JsonNode bracket(JsonNode at, String inside) {
        if (inside.startsWith("'") || inside.startsWith("\"")) {
            return at.path(inside.substring(1, inside.length() - 1));
        }
        if (inside.equals("*")) {
            return at.path(0);
        }
        Matcher filter = FILTER.matcher(inside);
        if (filter.matches()) {
            for (JsonNode item : at) {
                if (filter.group(2).equals(Tree.text(item, filter.group(1).split("\\.", -1)))) {
                    return item;
                }
            }
            return MissingNode.getInstance();
        }
        try {
            return at.path(Integer.parseInt(inside));
        } catch (NumberFormatException e) {
            return MissingNode.getInstance();
        }
    }
}

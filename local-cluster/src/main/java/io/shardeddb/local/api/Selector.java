package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which objects a list or watch wants. */
public final class Selector {
    private static final Pattern SET = Pattern.compile("\\s*(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");
    private static final Pattern EQUALITY = Pattern.compile("\\s*([^=!\\s]+)\\s*(==|=|!=)\\s*([^=!]*?)\\s*");

    private Selector() {}

    /** Parses label and field selectors as the query of a request has them; empty ones select everything. */
    public static Predicate<JsonNode> of(String labels, String fields) {
        Predicate<JsonNode> all = object -> true;
        for (String requirement : split(labels)) {
            Predicate<Map<String, String>> one = requirement(requirement);
            all = all.and(object -> one.test(Meta.labels(object)));
        }
        for (String requirement : split(fields)) {
            all = all.and(field(requirement));
        }
        return all;
    }

    /** Parses the selector of a workload ({@code matchLabels} and {@code matchExpressions}). */
    public static Predicate<JsonNode> ofObject(JsonNode selector) {
        Map<String, String> labels = Tree.strings(selector.path("matchLabels"));
        return object -> {
            Map<String, String> actual = Meta.labels(object);
            if (!actual.entrySet().containsAll(labels.entrySet())) {
                return false;
            }
            for (JsonNode expression : selector.path("matchExpressions")) {
                String value = actual.get(expression.path("key").asText());
                List<String> values = Tree.texts(expression.path("values"));
                boolean fits = switch (expression.path("operator").asText()) {
                    case "In" -> value != null && values.contains(value);
                    case "NotIn" -> value == null || !values.contains(value);
                    case "Exists" -> value != null;
                    default -> value == null;
                };
                if (!fits) {
                    return false;
                }
            }
            return true;
        };
    }

    /** A workload's selector as text. */
    public static String text(JsonNode selector) {
        List<String> parts = new ArrayList<>();
        Tree.strings(selector.path("matchLabels")).forEach((key, value) -> parts.add(key + "=" + value));
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = expression.path("key").asText();
            String values = String.join(",", Tree.texts(expression.path("values")));
            parts.add(
                    switch (expression.path("operator").asText()) {
                        case "In" -> key + " in (" + values + ")";
                        case "NotIn" -> key + " notin (" + values + ")";
                        case "Exists" -> key;
                        default -> "!" + key;
                    });
        }
        return String.join(",", parts);
    }

    private static Predicate<Map<String, String>> requirement(String text) {
        Matcher set = SET.matcher(text);
        if (set.matches()) {
            String key = set.group(1);
            List<String> values = List.of(set.group(3).split(",", -1)).stream()
                    .map(String::strip)
                    .toList();
            boolean in = set.group(2).equals("in");
            return labels -> {
                @Nullable String value = labels.get(key);
                return in ? value != null && values.contains(value) : value == null || !values.contains(value);
            };
        }
        Matcher equality = EQUALITY.matcher(text);
        if (equality.matches()) {
            String key = equality.group(1);
            String value = equality.group(3);
            boolean equal = !equality.group(2).equals("!=");
            return labels -> value.equals(labels.get(key)) == equal;
        }
        String key = text.strip();
        if (key.startsWith("!")) {
            String absent = key.substring(1).strip();
            return labels -> !labels.containsKey(absent);
        }
        if (key.isEmpty() || key.contains(" ") || key.contains("=")) {
            throw ApiException.badRequest("unable to parse requirement: \"" + text + "\"");
        }
        return labels -> labels.containsKey(key);
    }

    private static Predicate<JsonNode> field(String text) {
        Matcher equality = EQUALITY.matcher(text);
        if (!equality.matches()) {
            throw ApiException.badRequest("invalid field selector: \"" + text + "\"");
        }
        String[] path = equality.group(1).split("\\.", -1);
        String value = equality.group(3);
        boolean equal = !equality.group(2).equals("!=");
        return object -> value.equals(Tree.textOr(object, "", path)) == equal;
    }

    /** Splits at commas outside parentheses. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && (depth <= 0 || i == text.length())) {
                if (!text.substring(start, i).isBlank()) {
                    parts.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return parts;
    }
}

package io.shardeddb.cli.shell;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the end of a piece of JSON is. Pure.
 *
 * @param path names of the members around it, the outermost first; of an array, those outside
 * @param inObject whether it is directly in an object, and not in an array
 * @param name whether the name of a member is expected there
 * @param tokenBegins where the text begins that is being typed; the length of the JSON if none is
 */
record JsonPlace(List<String> path, boolean inObject, boolean name, int tokenBegins) {

    JsonPlace {
        path = List.copyOf(path);
    }

    /** The place at the end of a text that begins with a brace or a bracket and is not closed. */
    static JsonPlace atEndOf(String json) {
        Deque<Level> levels = new ArrayDeque<>();
        int token = -1;
        @Nullable String last = null;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (token >= 0 && json.charAt(token) == '"') {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    last = json.substring(token + 1, i);
                    token = -1;
                }
                continue;
            }
            if (Character.isWhitespace(c) || "{}[]:,".indexOf(c) >= 0) {
                token = -1;
            } else if (token < 0) {
                token = i;
            }
            switch (c) {
                case '{', '[' -> levels.push(new Level(c == '{'));
                case '}', ']' -> levels.poll();
                case ':' -> {
                    if (levels.peek() != null) {
                        levels.peek().member = last;
                    }
                }
                case ',' -> {
                    if (levels.peek() != null) {
                        levels.peek().member = null;
                    }
                }
                default -> {
                    // Part of a value.
                }
            }
        }
        List<String> path = new ArrayList<>();
        levels.descendingIterator().forEachRemaining(level -> {
            if (level.member != null) {
                path.add(level.member);
            }
        });
        @Nullable Level inner = levels.peek();
        boolean inObject = inner != null && inner.object;
        return new JsonPlace(path, inObject, inObject && inner.member == null, token < 0 ? json.length() : token);
    }

    /** An object or array that is open. */
    private static final class Level {

        private final boolean object;
        private @Nullable String member;

        Level(boolean object) {
            this.object = object;
        }
    }
}

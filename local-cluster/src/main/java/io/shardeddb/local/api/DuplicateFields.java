package io.shardeddb.local.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Fields that stand twice in a body: the last one counts, and the writer is told. */
final class DuplicateFields {
    private DuplicateFields() {}

    /** An object or a list that is open. */
    private static final class Level {
        private final Set<String> seen = new HashSet<>();
        private final boolean list;
        private final String path;
        private String name = "";
        private int index = -1;

        Level(boolean list, String path) {
            this.list = list;
            this.path = path;
        }

        private String here() {
            return list ? path + "[" + index + "]" : path.isEmpty() ? name : path + "." + name;
        }
    }

    /** Warns or refuses as the options say. */
    static void check(byte[] body, WriteOptions options) {
        FieldValidation validation = options.unknownFields();
        if (validation != FieldValidation.WARN && validation != FieldValidation.STRICT) {
            return;
        }
        List<String> found = find(body);
        if (found.isEmpty()) {
            return;
        }
        if (validation == FieldValidation.STRICT) {
            throw ApiException.badRequest(
                    "strict decoding error: " + found.stream().collect(Collectors.joining(", ")));
        }
        options.warnings().addAll(found);
    }

    /** One message for each; none when the body does not parse, which is said elsewhere. */
    static List<String> find(byte[] body) {
        List<String> found = new ArrayList<>();
        try (JsonParser parser = Tree.parser(body)) {
            Deque<Level> open = new ArrayDeque<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                Level level = open.peek();
                if (level != null && level.list && !token.isStructEnd()) {
                    level.index++;
                }
                if (token == JsonToken.FIELD_NAME && level != null) {
                    level.name = parser.currentName();
                    if (!level.seen.add(level.name)) {
                        found.add("duplicate field \"" + level.here() + "\"");
                    }
                } else if (token.isStructStart()) {
                    open.push(new Level(token == JsonToken.START_ARRAY, level == null ? "" : level.here()));
                } else if (token.isStructEnd()) {
                    open.pop();
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }
}

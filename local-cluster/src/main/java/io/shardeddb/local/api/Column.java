package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiFunction;

/**
 * One column of a table.
 *
 * @param name the heading
 * @param type string, integer, date, ...
 * @param format the format, "name" for the object's name
 * @param priority 0 for always, above for wide output only
 * @param value the cell of an object at a moment
 */
record Column(String name, String type, String format, int priority, BiFunction<JsonNode, Instant, JsonNode> value) {
    static final Column NAME =
            new Column("Name", "string", "name", 0, (object, now) -> TextNode.valueOf(Meta.name(object)));
    static final Column AGE = new Column(
            "Age", "string", "", 0, (object, now) -> age(Tree.at(object, "metadata", "creationTimestamp"), now));

    /** A column of text computed from the object. */
    static Column text(String name, int priority, java.util.function.Function<JsonNode, String> value) {
        return new Column(name, "string", "", priority, (object, now) -> TextNode.valueOf(value.apply(object)));
    }

    /** A column that shows what stands at a path. */
    static Column path(String name, String type, int priority, String path) {
        return new Column(name, type, "", priority, (object, now) -> {
            JsonNode value = JsonPaths.first(object, path);
            if (value.isMissingNode() || value.isNull()) {
                return NullNode.getInstance();
            }
            if (type.equals("date")) {
                return age(value, now);
            }
            return value.isContainerNode() ? TextNode.valueOf(value.toString()) : value;
        });
    }

    static JsonNode age(JsonNode since, Instant now) {
        try {
            return TextNode.valueOf(duration(Duration.between(Instant.parse(since.asText()), now)));
        } catch (DateTimeException e) {
            return TextNode.valueOf("<unknown>");
        }
    }

    /** A duration as people read ages: two units while they tell something. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 10) {
            return minutes + "m" + (seconds % 60 == 0 ? "" : seconds % 60 + "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        if (hours < 8) {
            return hours + "h" + (minutes % 60 == 0 ? "" : minutes % 60 + "m");
        }
        return hours < 48 ? hours + "h" : hours / 24 + "d";
    }
}

package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;

/**
 * An edit that nothing may come of: it breaks a rule, or leaves out what holds rows.
 *
 * @param change of the spec's fields
 */
public record InvalidEdit(String name, Consumer<ObjectNode> change) {

    private static final int WIDE_COLUMNS = 40;

    /** All that there are; one more is one more entry. */
    static final List<InvalidEdit> ALL = List.of(
            // Twice, because two columns of one type are the pair that nothing else tells apart.
            new InvalidEdit("columns a and b exchanged", spec -> exchange(spec, 1, 2)),
            new InvalidEdit("columns b and a exchanged", spec -> exchange(spec, 2, 1)),
            new InvalidEdit("the key exchanged with a number", spec -> exchange(spec, 0, 3)),
            new InvalidEdit("another type of a", spec -> column(spec, 1).put("type", "VARCHAR(77)")),
            new InvalidEdit("another name of b", spec -> column(spec, 2).put("name", "bb")),
            new InvalidEdit("column b dropped", spec -> columns(spec).remove(2)),
            new InvalidEdit("a column of no type that there is", spec -> add(spec, "bad", "FOO(3)")),
            new InvalidEdit(
                    "a column that is not nullable",
                    spec -> add(spec, "bad", "BIGINT").put("nullable", false)),
            new InvalidEdit("a row too large", spec -> {
                for (int i = 0; i < WIDE_COLUMNS; i++) {
                    add(spec, "wide" + i, "VARCHAR(63)");
                }
            }),
            new InvalidEdit(
                    "the first table dropped", spec -> spec.withArray("tables").remove(0)),
            new InvalidEdit("another primary key", spec -> {
                ObjectNode table = table(spec);
                table.putArray("primaryKey").add("n");
                table.put("shardKey", "n");
            }),
            new InvalidEdit(
                    "another strategy", spec -> spec.withObject("sharding").put("strategy", "Hash")),
            new InvalidEdit(
                    "overlapping shards",
                    spec -> spec.withArray("shards")
                            .addObject()
                            .put("name", "bad")
                            .put("low", RowModel.SHARD_SIZE / 2)
                            .put("size", RowModel.SHARD_SIZE)),
            new InvalidEdit(
                    "another interval of the first shard",
                    spec -> ((ObjectNode) spec.withArray("shards").get(0)).put("size", RowModel.SHARD_SIZE / 2)),
            // No rule is broken here: the shard is kept all the same.
            new InvalidEdit(
                    "the first shard left out", spec -> spec.withArray("shards").remove(0)),
            new InvalidEdit(
                    "a smaller volume",
                    spec -> spec.withObject("servers").putObject("storage").put("size", "512Mi")));

    private static ObjectNode table(ObjectNode spec) {
        return (ObjectNode) spec.withArray("tables").get(0);
    }

    private static ArrayNode columns(ObjectNode spec) {
        return table(spec).withArray("columns");
    }

    private static ObjectNode column(ObjectNode spec, int column) {
        return (ObjectNode) columns(spec).get(column);
    }

    private static ObjectNode add(ObjectNode spec, String name, String type) {
        return columns(spec).addObject().put("name", name).put("type", type);
    }

    static void exchange(ArrayNode columns, int one, int other) {
        JsonNode first = columns.get(one);
        columns.set(one, columns.get(other));
        columns.set(other, first);
    }

    private static void exchange(ObjectNode spec, int one, int other) {
        exchange(columns(spec), one, other);
    }
}

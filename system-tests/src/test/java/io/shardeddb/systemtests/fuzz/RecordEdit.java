package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.SchemaHash;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ShardingStrategy;
import io.shardeddb.protocol.wire.TableDescription;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An edit of the catalog by hand: nothing wrong may be answered because of it, and the operator writes the catalog
 * again.
 *
 * @param change from the text as it is to another one
 */
public record RecordEdit(String name, UnaryOperator<String> change) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FAR = 1_000;

    /** All that there are; one more is one more entry. */
    static final List<RecordEdit> ALL = List.of(
            new RecordEdit("columns exchanged", text -> edited(text, RecordEdit::exchange)),
            // The routers take it: only the servers can know that these are not their tables.
            new RecordEdit("columns exchanged, with a hash that fits", text -> edited(text, RecordEdit::forge)),
            new RecordEdit(
                    "columns exchanged, with a hash that fits and a revision far ahead",
                    text -> edited(text, catalog -> {
                        forge(catalog);
                        catalog.put("revision", catalog.path("revision").asLong() + FAR);
                    })),
            // The routers take this too: only the proof of whole answers knows that a shard does not own so much.
            new RecordEdit(
                    "a boundary between two shards moved, with a hash that fits",
                    text -> forgedShards(text, RecordEdit::moveBoundary)),
            new RecordEdit(
                    "a shard of another epoch, with a hash that fits",
                    text -> forgedShards(text, catalog -> {
                        ObjectNode shard =
                                (ObjectNode) catalog.withArray("shards").get(0);
                        shard.put("epoch", shard.path("epoch").asLong() + 1);
                    })),
            // Answers without it would look whole: the hash tells it from a gap.
            new RecordEdit(
                    "a shard left out",
                    text -> edited(text, catalog -> {
                        ArrayNode shards = catalog.withArray("shards");
                        if (shards.size() > 1) {
                            shards.remove(0);
                        }
                    })),
            new RecordEdit("a lower revision", text -> edited(text, catalog -> catalog.put("revision", 1))),
            new RecordEdit("no JSON", text -> text.substring(0, text.length() / 2)));

    private interface Change {
        void make(ObjectNode catalog) throws JsonProcessingException;
    }

    private static String edited(String text, Change change) {
        try {
            ObjectNode catalog = (ObjectNode) JSON.readTree(text);
            change.make(catalog);
            return catalog.toString();
        } catch (JsonParseException e) {
            // An edit before has cut it, perhaps in the middle of a word, and no operator has written it again: there
            // is nothing to edit.
            return text;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void exchange(ObjectNode catalog) {
        ArrayNode columns =
                ((ObjectNode) catalog.withObject("tables").withArray("tables").get(0)).withArray("columns");
        InvalidEdit.exchange(columns, 1, 2);
    }

    private static void forge(ObjectNode catalog) throws JsonProcessingException {
        exchange(catalog);
        Catalog forged = JSON.treeToValue(catalog, Catalog.class);
        catalog.withObject("tables").put("hash", SchemaHash.text(schema(forged).hash()));
    }

    /** Changes shards, with a hash that fits; but where it did not fit before, a shard may be missing. */
    private static String forgedShards(String text, Change change) {
        return edited(text, catalog -> {
            boolean whole = JSON.treeToValue(catalog, Catalog.class).hasAllShards();
            change.make(catalog);
            if (whole) {
                Catalog forged = JSON.treeToValue(catalog, Catalog.class);
                Catalog fits = new Catalog(
                        forged.format(),
                        forged.database(),
                        forged.revision(),
                        forged.strategy(),
                        forged.timestamps(),
                        forged.tables(),
                        forged.shards(),
                        forged.servers());
                catalog.put("shardsHash", fits.shardsHash());
            }
        });
    }

    /** The first shard in the order of positions takes half of what its neighbour has. */
    private static void moveBoundary(ObjectNode catalog) {
        ObjectNode low = interval(catalog, 0);
        ObjectNode high = interval(catalog, 1);
        long boundary = high.path("from").asLong() + RowModel.SHARD_SIZE / 2;
        low.put("to", boundary);
        high.put("from", boundary);
    }

    private static ObjectNode interval(ObjectNode catalog, long shard) {
        for (var each : catalog.withArray("shards")) {
            if (each.path("interval").path("from").asLong() == shard * RowModel.SHARD_SIZE) {
                return (ObjectNode) each.path("interval");
            }
        }
        return JsonNodeFactory.instance.objectNode();
    }

    private static DatabaseSchema schema(Catalog catalog) {
        SchemaDefinition.Builder schema = SchemaDefinition.newBuilder()
                .setVersion(catalog.tables().version())
                .setStrategy(ShardingStrategy.RANGE);
        catalog.tables().tables().forEach(table -> {
            TableDescription.Builder description = TableDescription.newBuilder()
                    .setName(table.name())
                    .addAllPrimaryKey(table.primaryKey())
                    .setShardKey(table.effectiveShardKey());
            table.columns()
                    .forEach(column -> description.addColumns(ColumnDescription.newBuilder()
                            .setName(column.name())
                            .setType(column.type())
                            .setNullable(
                                    column.nullable() && !table.primaryKey().contains(column.name()))));
            schema.addTables(description);
        });
        return DatabaseSchema.ofWire(schema.build());
    }
}

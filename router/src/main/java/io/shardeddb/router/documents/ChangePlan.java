package io.shardeddb.router.documents;

import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes of documents as operations on rows. Pure.
 *
 * <p>A change of one document under a client's id has three operations, whatever it does: a mark, an insertion, and a
 * change. Where there is none, another mark takes the place. So what was affected tells a repeat what was done.
 */
final class ChangePlan {

    /** Where an insertion is counted. */
    static final int INSERTION = 1;

    /** Where a change or removal is counted. */
    static final int CHANGE = 2;

    static final int OPERATIONS = 3;

    private static final Place DOCUMENT = new Place("document");

    private ChangePlan() {}

    /** What is done. */
    sealed interface Step {

        /** Nothing: it is refused, so that each repeat finds that nothing was done. */
        record Nothing() implements Step {}

        /** A document is inserted. */
        record Insert(ObjectValue document) implements Step {}

        /** A document takes the place of another, if that is unchanged. */
        record Replace(StoredDocument before, ObjectValue after) implements Step {}

        /** A document is removed, if it is unchanged. */
        record Remove(StoredDocument before) implements Step {}
    }

    static RowOperation insert(DocumentCollection collection, ObjectValue document, Place place) {
        return RowOperation.newBuilder()
                .setKind(OperationKind.INSERT)
                .setRow(RowCodec.encode(collection.row(document, place)))
                .build();
    }

    static RowOperation upsert(DocumentCollection collection, ObjectValue document, List<Precondition> conditions) {
        RowOperation.Builder operation = RowOperation.newBuilder()
                .setKind(OperationKind.UPSERT)
                .setRow(RowCodec.encode(collection.row(document, DOCUMENT)));
        conditions.forEach(each -> operation.addConditions(ChangeCodec.toWire(each)));
        return operation.build();
    }

    static RowOperation remove(Row key, boolean mustExist, List<Precondition> conditions) {
        RowOperation.Builder operation = RowOperation.newBuilder()
                .setKind(OperationKind.DELETE)
                .setKey(RowCodec.encode(key))
                .setMustExist(mustExist);
        conditions.forEach(each -> operation.addConditions(ChangeCodec.toWire(each)));
        return operation.build();
    }

    /** A step's operation, and the key of its row; null where nothing is done. */
    private record Placed(Row key, RowOperation operation) {}

    private static @Nullable Placed placed(DocumentCollection collection, Step step) {
        return switch (step) {
            case Step.Nothing() -> null;
            case Step.Insert(ObjectValue document) ->
                new Placed(collection.key(document), insert(collection, document, DOCUMENT));
            case Step.Replace(StoredDocument before, ObjectValue after) -> {
                requireSameKey(collection, before, after);
                yield new Placed(before.key(), upsert(collection, after, List.of(unchanged(before))));
            }
            case Step.Remove(StoredDocument before) ->
                new Placed(before.key(), remove(before.key(), false, List.of(unchanged(before))));
        };
    }

    /** In a transaction a document that it has written itself has no version, and nobody else changes it. */
    private static Precondition unchanged(StoredDocument before) {
        return before.version() == 0 ? new Precondition.Present() : new Precondition.Unchanged(before.version());
    }

    /** @throws DatabaseException UPDATE_FAILED when the document would have another id, or lie elsewhere */
    static void requireSameKey(DocumentCollection collection, StoredDocument before, ObjectValue after) {
        if (!collection.key(after).equals(before.key())) {
            String shardKey = collection.shardKey() == null
                    ? ""
                    : " and " + collection.shardKey().text();
            throw new DatabaseException(
                    ErrorCode.UPDATE_FAILED,
                    "a document keeps its _id" + shardKey + "; remove it and insert another one",
                    Map.of("collection", collection.name()));
        }
    }

    /** The plan of a step that no repeat asks for. */
    static WritePlan alone(Topology topology, DocumentCollection collection, Step step) {
        WritePlan plan = new WritePlan(collection.table());
        Placed placed = placed(collection, step);
        if (placed != null) {
            plan.add(topology.shardOf(collection.table(), placed.key()), placed.operation());
        }
        return plan;
    }

    /**
     * The plan of a step under a client's id. The marks' shard keeps the outcome.
     *
     * @param fixed a key whose shard each repeat knows from the request; null: the id decides the shard
     */
    static WritePlan remembered(
            Topology topology, DocumentCollection collection, Step step, RequestId request, @Nullable Row fixed) {
        List<Row> marks = AttemptIds.marks(
                request,
                collection,
                topology,
                fixed == null ? null : topology.shardOf(collection.table(), fixed),
                OPERATIONS);
        Placed placed = placed(collection, step);
        int place = step instanceof Step.Insert ? INSERTION : CHANGE;
        WritePlan plan = new WritePlan(collection.table());
        plan.wholeAlways();
        for (int i = 0; i < OPERATIONS; i++) {
            if (placed != null && i == place) {
                plan.add(topology.shardOf(collection.table(), placed.key()), placed.operation());
            } else {
                Row mark = marks.get(i);
                boolean refused = placed == null && i == 0;
                plan.add(topology.shardOf(collection.table(), mark), remove(mark, refused, List.of()));
            }
        }
        return plan;
    }
}

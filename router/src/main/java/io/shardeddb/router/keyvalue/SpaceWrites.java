package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.ToldNumbers;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.keyvalue.expiry.Expiry;
import io.shardeddb.router.keyvalue.expiry.ShardTimes;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Writes of keys as plans, and what their answers say. */
final class SpaceWrites {

    private static final int MILLIS_SHIFT = 16;
    private static final int NUMBERS = 2;

    private SpaceWrites() {}

    /** The operation that puts an entry. */
    static RowOperation put(Space space, Put put, @Nullable Long expires) {
        RowOperation.Builder operation = RowOperation.newBuilder()
                .setKind(OperationKind.UPSERT)
                .setRow(RowCodec.encode(space.row(put.entry(expires))));
        put.condition().ofRow().forEach(each -> operation.addConditions(ChangeCodec.toWire(each)));
        return operation.build();
    }

    /** The operation that removes a key. */
    static RowOperation delete(ByteString key, KeyCondition condition, boolean mustExist) {
        RowOperation.Builder operation = RowOperation.newBuilder()
                .setKind(OperationKind.DELETE)
                .setKey(RowCodec.encode(Space.key(key)))
                .setMustExist(mustExist);
        condition.ofRow().forEach(each -> operation.addConditions(ChangeCodec.toWire(each)));
        return operation.build();
    }

    /** A plan of one operation, whose answer tells the row's numbers. */
    static WritePlan one(Topology now, Space space, ByteString key, RowOperation operation) {
        WritePlan plan = new WritePlan(space.table());
        plan.show(RowsWanted.ROWS_WANTED_NUMBERS);
        plan.add(now.shardOf(space.table(), Space.key(key)), operation);
        return plan;
    }

    /** A plan of several operations, all or none. */
    static WritePlan all(
            Topology now, Space space, List<ByteString> keys, BiFunction<Space, Integer, RowOperation> operations) {
        WritePlan plan = new WritePlan(space.table());
        plan.wholeAlways();
        for (int i = 0; i < keys.size(); i++) {
            plan.add(now.shardOf(space.table(), Space.key(keys.get(i))), operations.apply(space, i));
        }
        return plan;
    }

    /**
     * What is told of a row: nothing where there is none.
     *
     * @param number of a counter
     * @param expires milliseconds since the epoch
     */
    record Numbers(@Nullable Long number, @Nullable Long expires) {
        private static Numbers of(ByteString wire) {
            Row row = RowCodec.decode(wire, NUMBERS);
            return new Numbers(Space.number(row.get(0)), Space.number(row.get(1)));
        }
    }

    /**
     * What a write of one key came to.
     *
     * @param before the row; {@code null}: there was none
     * @param after the row; {@code null}: there is none
     * @param isTold whether before and after are known
     */
    record Outcome(
            WriteReply reply,
            @Nullable Numbers before,
            @Nullable Numbers after,
            boolean isTold) {

        static Outcome of(Writes.Result result) {
            WriteReply reply = Objects.requireNonNull(result.parts().getFirst().reply());
            boolean told = reply.getToldCount() > 0;
            ToldNumbers numbers = told ? reply.getTold(0) : ToldNumbers.getDefaultInstance();
            return new Outcome(
                    reply,
                    numbers.hasBefore() ? Numbers.of(numbers.getBefore()) : null,
                    numbers.hasAfter() ? Numbers.of(numbers.getAfter()) : null,
                    told);
        }

        /** Whether the key counted as absent at the write's time, which is in the log. */
        boolean wasAbsent() {
            return isTold && (before == null || Expiry.isOver(before.expires(), reply.getTimestamp() >>> MILLIS_SHIFT));
        }

        /** When the key expires now. */
        @Nullable
        Long expires() {
            return after == null ? null : after.expires();
        }
    }

    /** An entry of the log has the time of its shard. */
    static void learn(ShardTimes times, Writes.Result result) {
        for (Writes.PartResult part : result.parts()) {
            WriteReply reply = part.reply();
            if (reply != null) {
                times.learn(part.part().shard().group(), reply.getTimestamp() >>> MILLIS_SHIFT);
            }
        }
    }

    /** The error of a condition that does not hold. */
    static DatabaseException refused(KeyCondition condition) {
        return new DatabaseException(
                ErrorCode.CONDITION_FAILED,
                switch (condition) {
                    case KeyCondition.IfAbsent _ -> "the key is there";
                    case KeyCondition.IfPresent _ -> "the key is not there";
                    case KeyCondition.IfVersion _, KeyCondition.Always _ -> "the key is not there with this version";
                });
    }

    /** The error of a key that is absent. */
    static DatabaseException notFound(String space, ByteString key) {
        String text = key.isValidUtf8() ? key.toStringUtf8() : "of " + key.size() + " bytes";
        return new DatabaseException(
                ErrorCode.KEY_NOT_FOUND,
                "space " + space + " has no key '" + text + "', or it has expired",
                Map.of("space", space));
    }

    /** The id of a further step of a request: another step, another id, the same at each repeat. */
    static @Nullable RequestId step(@Nullable RequestId id, int step) {
        // No client can name itself so.
        return id == null || step == 0
                ? id
                : id.toBuilder().setClient(id.getClient() + "~" + step).build();
    }

    /** The hash of what a client asked for, by which a repeat under its id is known. */
    static long content(String what, String space, Object... parts) {
        List<Value> values = new ArrayList<>();
        values.add(new Value.Text(what));
        values.add(new Value.Text(space));
        for (Object part : parts) {
            add(values, part);
        }
        return Hash64.of(RowCodec.encode(values).toByteArray()) | 1;
    }

    private static void add(List<Value> values, Object part) {
        switch (part) {
            case ByteString bytes -> values.add(new Value.Blob(bytes));
            case Put put -> {
                ByteString value = put.value();
                values.add(new Value.Blob(put.key()));
                values.add(value == null ? Value.NULL : new Value.Blob(value));
                values.add(new Value.Text(put.type()));
                values.add(Space.number(put.number()));
                values.add(Space.number(put.ttlMillis()));
                values.add(new Value.Text(put.condition().toString()));
            }
            case Increment increment -> {
                values.add(new Value.Blob(increment.key()));
                values.add(new Value.Int64(increment.by()));
                values.add(Space.number(increment.min()));
                values.add(Space.number(increment.max()));
                values.add(new Value.Int64(increment.initial()));
                values.add(Space.number(increment.ttlMillis()));
            }
            case KeyCondition condition -> values.add(new Value.Text(condition.toString()));
            default -> throw new IllegalArgumentException("no part of a request: " + part);
        }
    }
}

package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Comparison;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Expression;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An addition to a counter. The sum is made at the write's place in the log. Pure.
 *
 * @param by what is added
 * @param min the sum must not be less; absent: 64 bits alone bound it
 * @param max the sum must not be greater
 * @param initial to what it is added where the key is absent
 * @param ttlMillis how long the counter lives from now on; absent: its expiry stays as it is
 */
public record Increment(
        ByteString key,
        long by,
        @Nullable Long min,
        @Nullable Long max,
        long initial,
        @Nullable Long ttlMillis) {

    /**
     * Checks the key.
     *
     * @throws DatabaseException INVALID_KEY
     */
    public Increment {
        var _ = Space.key(key);
    }

    /** Adds to a counter that never expires. */
    RowOperation toLasting(@Nullable Long expires) {
        return added(new Precondition.Column(Space.EXPIRES, Comparison.EQUAL, Value.NULL), expires);
    }

    /** Adds to a counter that has not expired at a time. */
    RowOperation toExpiring(long shardMillis, @Nullable Long expires) {
        return added(new Precondition.Column(Space.EXPIRES, Comparison.GREATER, new Value.Int64(shardMillis)), expires);
    }

    private RowOperation added(Precondition alive, @Nullable Long expires) {
        RowOperation.Builder operation = RowOperation.newBuilder()
                .setKind(OperationKind.UPDATE)
                .setKey(RowCodec.encode(Space.key(key)))
                .setRow(RowCodec.encode(expires == null ? Row.of() : Row.of(new Value.Int64(expires))));
        if (expires != null) {
            operation.addColumns(Space.EXPIRES);
        }
        Precondition counter = new Precondition.Column(Space.NUMBER, Comparison.NOT_EQUAL, Value.NULL);
        List.of(counter, alive).forEach(each -> operation.addConditions(ChangeCodec.toWire(each)));
        Expression add = new Expression.Add(new Value.Int64(by), bound(min), bound(max));
        return operation
                .addComputations(ChangeCodec.toWire(new ComputedColumn(Space.NUMBER, add)))
                .build();
    }

    private static @Nullable Value bound(@Nullable Long bound) {
        return bound == null ? null : new Value.Int64(bound);
    }

    /**
     * Makes the counter where the key is absent.
     *
     * @throws DatabaseException OUT_OF_BOUNDS
     */
    RowOperation made(Space space, @Nullable Long expires) {
        Entry entry = new Entry(key, null, Space.TEXT, first(), expires, 0);
        return RowOperation.newBuilder()
                .setKind(OperationKind.UPSERT)
                .setRow(RowCodec.encode(space.row(entry)))
                .addConditions(ChangeCodec.toWire(new Precondition.Absent()))
                .build();
    }

    /** The number that a counter begins with. @throws DatabaseException OUT_OF_BOUNDS */
    long first() {
        BigInteger sum = BigInteger.valueOf(initial).add(BigInteger.valueOf(by));
        BigInteger least = BigInteger.valueOf(min == null ? Long.MIN_VALUE : min);
        BigInteger greatest = BigInteger.valueOf(max == null ? Long.MAX_VALUE : max);
        if (sum.compareTo(least) < 0 || sum.compareTo(greatest) > 0) {
            throw new DatabaseException(
                    ErrorCode.OUT_OF_BOUNDS,
                    initial + " and " + by + " make " + sum + ", which is not within " + least + " to " + greatest,
                    Map.of("number", sum.toString()));
        }
        return sum.longValueExact();
    }
}

package io.shardeddb.protocol.keyspace;

import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;

/** From a stored shard key to its position, the 64-bit integer by which rows are placed. */
public final class Positions {

    private Positions() {}

    /**
     * The position of a stored (coerced, canonical) shard key.
     *
     * <p>RANGE: the integer itself; an unsigned one has its highest bit flipped, so that positions keep the order of
     * the keys. HASH: the hash of its canonical bytes.
     *
     * @throws IllegalArgumentException for NULL, or for a key that is no integer under RANGE
     */
    public static long of(Value shardKey, Strategy strategy) {
        if (shardKey instanceof Value.Null) {
            throw new IllegalArgumentException("a shard key is never NULL");
        }
        return switch (strategy) {
            case HASH -> Hash64.of(RowCodec.encode(shardKey));
            case RANGE ->
                switch (shardKey) {
                    case Value.Int64(long value) -> value;
                    case Value.Unsigned64(long bits) -> bits ^ Long.MIN_VALUE;
                    default -> throw new IllegalArgumentException("under Range a shard key is an integer: " + shardKey);
                };
        };
    }

    /** The key, in decimal, at a position under RANGE: what people call this position. */
    public static String keyText(long position, boolean unsigned) {
        return unsigned ? Long.toUnsignedString(position ^ Long.MIN_VALUE) : Long.toString(position);
    }

    /**
     * The position of a key given in decimal under RANGE.
     *
     * @throws NumberFormatException when the text is no integer of 64 bits
     */
    public static long ofKeyText(String key, boolean unsigned) {
        return unsigned ? Long.parseUnsignedLong(key) ^ Long.MIN_VALUE : Long.parseLong(key);
    }
}

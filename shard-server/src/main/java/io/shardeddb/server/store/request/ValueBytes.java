package io.shardeddb.server.store.request;

import io.shardeddb.protocol.value.Value;
import java.util.Collection;

/** How much memory values take, about. The same on every replica, so that outcomes may depend on it. */
public final class ValueBytes {

    private static final long SMALL = 16;

    private ValueBytes() {}

    /** Of one value; two bytes for each character of a text. */
    public static long of(Value value) {
        return switch (value) {
            case Value.Null _, Value.Int64 _, Value.Unsigned64 _, Value.Real _ -> SMALL;
            case Value.Text(String text) -> SMALL + 2L * text.length();
            case Value.Blob(var bytes) -> SMALL + bytes.size();
        };
    }

    /** Of several. */
    public static long of(Collection<Value> values) {
        return values.stream().mapToLong(ValueBytes::of).sum();
    }
}

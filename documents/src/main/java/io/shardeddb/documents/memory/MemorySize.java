package io.shardeddb.documents.memory;

import io.shardeddb.documents.value.DocumentValue;
import java.util.Map;

/**
 * About how many bytes a value takes in memory. The same for equal values, so that outcomes may depend on it. A part
 * that a value has twice counts twice.
 */
public final class MemorySize {

    private static final long VALUE = 24;
    private static final long SLOT = 8;
    private static final long MEMBER = 48;

    private MemorySize() {}

    /** The whole size of a value, in bytes. */
    public static long of(DocumentValue value) {
        return upTo(value, Long.MAX_VALUE);
    }

    /**
     * The size of a value, in bytes, or something above the bound. It stops counting there. So it is quick for a value
     * of few parts that have one another many times.
     */
    public static long upTo(DocumentValue value, long bound) {
        return switch (value) {
            case DocumentValue.NullValue _, DocumentValue.BooleanValue _ -> SLOT;
            case DocumentValue.IntegerValue _, DocumentValue.DoubleValue _ -> VALUE;
            case DocumentValue.TextValue(String text) -> text(text);
            case DocumentValue.ArrayValue array -> {
                long bytes = VALUE;
                for (DocumentValue element : array.elements()) {
                    if (bytes > bound) {
                        break;
                    }
                    bytes += SLOT + upTo(element, bound - bytes);
                }
                yield bytes;
            }
            case DocumentValue.ObjectValue object -> {
                long bytes = VALUE;
                for (Map.Entry<String, DocumentValue> member : object.members().entrySet()) {
                    if (bytes > bound) {
                        break;
                    }
                    bytes += MEMBER + text(member.getKey()) + upTo(member.getValue(), bound - bytes);
                }
                yield bytes;
            }
        };
    }

    private static long text(String text) {
        return VALUE + 2L * text.length();
    }
}

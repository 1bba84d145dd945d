package io.shardeddb.documents.expression;

import io.shardeddb.documents.value.DocumentValue;
import org.jspecify.annotations.Nullable;

/** What counts as true and as nothing in expressions. */
final class Truth {

    private Truth() {}

    /** Whether a value counts as true: everything does but false, 0, null and what is missing. */
    static boolean of(@Nullable DocumentValue value) {
        return switch (value) {
            case null -> false;
            case DocumentValue.NullValue _ -> false;
            case DocumentValue.BooleanValue(boolean bool) -> bool;
            case DocumentValue.IntegerValue(long number) -> number != 0;
            case DocumentValue.DoubleValue(double number) -> number != 0;
            default -> true;
        };
    }

    /** Whether a value is null or missing. */
    static boolean isNothing(@Nullable DocumentValue value) {
        return value == null || value instanceof DocumentValue.NullValue;
    }
}

package io.shardeddb.documents.expression;

import io.shardeddb.documents.value.DocumentValue;
import org.jspecify.annotations.Nullable;

/** The names of types, as {@code $type} gives them. */
public final class TypeNames {

    private TypeNames() {}

    /** A type's name; {@code missing} if there is no value. Whole numbers of 32 bits are {@code int}. */
    public static String of(@Nullable DocumentValue value) {
        return switch (value) {
            case null -> "missing";
            case DocumentValue.NullValue _ -> "null";
            case DocumentValue.BooleanValue _ -> "bool";
            case DocumentValue.IntegerValue(long number) -> number == (int) number ? "int" : "long";
            case DocumentValue.DoubleValue _ -> "double";
            case DocumentValue.TextValue _ -> "string";
            case DocumentValue.ArrayValue _ -> "array";
            case DocumentValue.ObjectValue _ -> "object";
        };
    }

    /** A value in messages: what it is, with an article. */
    public static String described(@Nullable DocumentValue value) {
        return value == null ? "nothing" : value.typeInWords();
    }
}

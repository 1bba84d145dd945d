package io.shardeddb.documents.filter;

import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The types that {@code $type} knows, by BSON's names and numbers. Those that JSON lacks are known, and match nothing.
 */
public enum ValueType {
    /** Any number. */
    NUMBER("number", -100),
    /** A number that is no whole number of 64 bits. */
    DOUBLE("double", 1),
    /** A text. */
    STRING("string", 2),
    /** An object. */
    OBJECT("object", 3),
    /** An array. */
    ARRAY("array", 4),
    /** Bytes, which JSON lacks. */
    BINARY("binData", 5),
    /** An object id, which JSON lacks. */
    OBJECT_ID("objectId", 7),
    /** True or false. */
    BOOLEAN("bool", 8),
    /** A date, which JSON lacks. */
    DATE("date", 9),
    /** Null. */
    NULL("null", 10),
    /** A regular expression, which JSON lacks as a value. */
    REGEX("regex", 11),
    /** A program, which JSON lacks. */
    JAVASCRIPT("javascript", 13),
    /** A whole number of 32 bits. */
    INT("int", 16),
    /** A timestamp, which JSON lacks. */
    TIMESTAMP("timestamp", 17),
    /** A whole number of 64 bits that 32 do not hold. */
    LONG("long", 18),
    /** A decimal number, which is kept as a double. */
    DECIMAL("decimal", 19);

    private final String typeName;
    private final int number;

    ValueType(String typeName, int number) {
        this.typeName = typeName;
        this.number = number;
    }

    /** BSON's name of the type. */
    public String typeName() {
        return typeName;
    }

    /** The type of a name. */
    static Optional<ValueType> of(String name) {
        return Arrays.stream(values())
                .filter(type -> type.typeName.equals(name))
                .findFirst();
    }

    /** The type of a number; {@code number} has none. */
    static Optional<ValueType> of(long number) {
        return Arrays.stream(values())
                .filter(type -> type != NUMBER && type.number == number)
                .findFirst();
    }

    /** All names, for errors. */
    static List<String> names() {
        return Arrays.stream(values()).map(ValueType::typeName).toList();
    }

    /** Whether a value is of this type. */
    public boolean includes(DocumentValue value) {
        return switch (this) {
            case NUMBER -> value instanceof IntegerValue || value instanceof DoubleValue;
            case DOUBLE -> value instanceof DoubleValue;
            case STRING -> value instanceof TextValue;
            case OBJECT -> value instanceof ObjectValue;
            case ARRAY -> value instanceof ArrayValue;
            case BOOLEAN -> value instanceof BooleanValue;
            case NULL -> value instanceof NullValue;
            case INT -> value instanceof IntegerValue(long whole) && whole == (int) whole;
            case LONG -> value instanceof IntegerValue(long whole) && whole != (int) whole;
            case BINARY, OBJECT_ID, DATE, REGEX, JAVASCRIPT, TIMESTAMP, DECIMAL -> false;
        };
    }
}

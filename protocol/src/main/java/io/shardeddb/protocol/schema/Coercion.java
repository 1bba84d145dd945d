package io.shardeddb.protocol.schema;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnType.BinaryType;
import io.shardeddb.protocol.schema.ColumnType.BlobType;
import io.shardeddb.protocol.schema.ColumnType.BooleanType;
import io.shardeddb.protocol.schema.ColumnType.DateTimeType;
import io.shardeddb.protocol.schema.ColumnType.DateType;
import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.schema.ColumnType.FloatingType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.ColumnType.StringType;
import io.shardeddb.protocol.schema.ColumnType.TextType;
import io.shardeddb.protocol.schema.ColumnType.TimeType;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Value;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns input (null, Boolean, Number, String, List, Map, as a JSON parser gives it) into stored, canonical values. */
public final class Coercion {

    private Coercion() {}

    /**
     * The stored value of an input.
     *
     * @param column whose type, nullability and name count
     * @param key whether the column is part of the primary key: a text there must not end with a space
     * @throws DatabaseException of kind INVALID, with "column" in its details
     */
    public static Value coerce(@Nullable Object input, ColumnDefinition column, boolean key, CoercionMode mode) {
        if (input == null) {
            if (!column.nullable()) {
                throw new DatabaseException(
                        ErrorCode.NULL_NOT_ALLOWED,
                        "column " + column.name() + " must not be null",
                        Map.of("column", column.name()));
            }
            return Value.NULL;
        }
        try {
            Value value = coerce(input, column.type(), mode);
            // SQL pads: it would take such a text for equal to the one without the space.
            if (key && column.type() instanceof StringType && input instanceof String text && text.endsWith(" ")) {
                throw new InvalidValue(
                        ErrorCode.TRAILING_SPACE_IN_KEY, "'" + text + "' ends with a space, which no key may");
            }
            return value;
        } catch (InvalidValue e) {
            throw new DatabaseException(
                    e.code(),
                    "column " + column.name() + " (" + column.type().text() + "): " + e.getMessage(),
                    Map.of("column", column.name(), "type", column.type().text()));
        }
    }

    private static Value coerce(Object input, ColumnType type, CoercionMode mode) {
        return switch (type) {
            case NumberType ignored -> Numbers.integer(input, 64, false, mode);
            case IntegerType(ColumnType.Width width, boolean unsigned) ->
                Numbers.integer(input, width.bits(), unsigned, mode);
            case BooleanType ignored -> bool(input, mode);
            case DecimalType decimal -> Numbers.decimal(input, decimal, mode);
            case FloatingType(boolean single) -> Numbers.floating(input, single, mode);
            case StringType string -> string(input, string, mode);
            case TextType(ColumnType.Size size) -> limited(text(input, mode), size.bytes());
            case BinaryType binary -> binary(input, binary);
            case BlobType(ColumnType.Size size) -> new Value.Blob(bytes(input, size.bytes()));
            case DateType ignored -> Times.date(string(input));
            case TimeType(int fraction) -> Times.time(string(input), fraction, mode);
            case DateTimeType(boolean instant, int fraction) -> Times.dateTime(string(input), instant, fraction, mode);
            case JsonType ignored -> json(input);
        };
    }

    private static Value bool(Object input, CoercionMode mode) {
        if (input instanceof Boolean bool) {
            return new Value.Int64(bool ? 1 : 0);
        }
        if (mode == CoercionMode.SEED) {
            String text = String.valueOf(input);
            if (text.equals("0") || text.equalsIgnoreCase("false")) {
                return new Value.Int64(0);
            }
            if (text.equals("1") || text.equalsIgnoreCase("true")) {
                return new Value.Int64(1);
            }
        }
        throw InvalidValue.wrongType(input, "true or false");
    }

    private static Value string(Object input, StringType type, CoercionMode mode) {
        String text = text(input, mode);
        int length = text.codePointCount(0, text.length());
        if (length > type.length()) {
            throw InvalidValue.tooLong(length + " characters, at most " + type.length() + " are allowed");
        }
        if (type.form() == StringType.Form.CHAR) {
            // The databases give CHAR back without the spaces at its end.
            int end = text.length();
            while (end > 0 && text.charAt(end - 1) == ' ') {
                end--;
            }
            return new Value.Text(text.substring(0, end));
        }
        return new Value.Text(text);
    }

    private static Value limited(String text, long most) {
        // No encoding is longer than three bytes a UTF-16 unit: short texts need no counting.
        if (text.length() * 3L > most) {
            long bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > most) {
                throw InvalidValue.tooLong(bytes + " bytes, at most " + most + " are allowed");
            }
        }
        return new Value.Text(text);
    }

    private static String text(Object input, CoercionMode mode) {
        if (input instanceof String text) {
            return wellFormed(text);
        }
        if (mode == CoercionMode.SEED && input instanceof Number number) {
            return Numbers.plain(number);
        }
        if (mode == CoercionMode.SEED && input instanceof Boolean bool) {
            return bool ? "1" : "0";
        }
        throw InvalidValue.wrongType(input, "a string");
    }

    private static String string(Object input) {
        if (input instanceof String text) {
            return text;
        }
        throw InvalidValue.wrongType(input, "a string");
    }

    /** Refuses halves of surrogate pairs: they have no UTF-8. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new InvalidValue(
                            ErrorCode.WRONG_TYPE,
                            "half of a surrogate pair at character " + i + ": not a Unicode text");
                }
                i++;
            }
        }
        return text;
    }

    private static Value binary(Object input, BinaryType type) {
        ByteString bytes = bytes(input, type.length());
        if (type.fixed() && bytes.size() < type.length()) {
            bytes = bytes.concat(UnsafeByteOperations.unsafeWrap(new byte[type.length() - bytes.size()]));
        }
        return new Value.Blob(bytes);
    }

    private static ByteString bytes(Object input, long most) {
        if (!(input instanceof String text)) {
            throw InvalidValue.wrongType(input, "a string in Base64");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException ignored) {
            throw new InvalidValue(ErrorCode.WRONG_TYPE, "not Base64; bytes are given in Base64 (RFC 4648, section 4)");
        }
        if (bytes.length > most) {
            throw InvalidValue.tooLong(bytes.length + " bytes, at most " + most + " are allowed");
        }
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    private static Value json(Object input) {
        try {
            String json = CanonicalJson.write(input);
            int depth = CanonicalJson.depth(json);
            if (depth > CanonicalJson.MAX_STORED_DEPTH) {
                throw new InvalidValue(ErrorCode.VALUE_OUT_OF_RANGE, CanonicalJson.tooDeep(depth));
            }
            return new Value.Text(wellFormed(json));
        } catch (IllegalArgumentException e) {
            throw new InvalidValue(ErrorCode.VALUE_OUT_OF_RANGE, String.valueOf(e.getMessage()));
        }
    }
}

package io.shardeddb.protocol.schema;

/** The type of a column. */
public sealed interface ColumnType {

    /** Greatest number of fraction digits of a time. */
    int MAX_FRACTION = 6;

    /** As it is written in the custom resource, in canonical spelling: "Number", "VARCHAR(40)", "BIGINT UNSIGNED". */
    default String text() {
        return switch (this) {
            case IntegerType(Width width, boolean unsigned) -> unsigned ? width + " UNSIGNED" : width.name();
            case NumberType _ -> "Number";
            case BooleanType _ -> "BOOLEAN";
            case DecimalType(int precision, int scale) -> "DECIMAL(" + precision + "," + scale + ")";
            case FloatingType(boolean single) -> single ? "FLOAT" : "DOUBLE";
            case StringType(StringType.Form form, int length) ->
                form == StringType.Form.STRING ? "String" : form + "(" + length + ")";
            case TextType(Size size) -> size.prefix() + "TEXT";
            case BinaryType(boolean fixed, int length) -> (fixed ? "BINARY(" : "VARBINARY(") + length + ")";
            case BlobType(Size size) -> size.prefix() + "BLOB";
            case DateType _ -> "DATE";
            case TimeType(int fraction) -> ColumnTypeParser.withFraction("TIME", fraction);
            case DateTimeType(boolean instant, int fraction) ->
                ColumnTypeParser.withFraction(instant ? "TIMESTAMP" : "DATETIME", fraction);
            case JsonType _ -> "JSON";
        };
    }

    /** As it is declared in SQL, the same on MySQL and MariaDB, without character set and NULL. */
    default String sql() {
        return switch (this) {
            case NumberType _ -> "BIGINT";
            case BooleanType _ -> "TINYINT(1)";
            case StringType(StringType.Form form, int length) ->
                (form == StringType.Form.CHAR ? "CHAR(" : "VARCHAR(") + length + ")";
            default -> text();
        };
    }

    /** Whether it may be part of a primary key. */
    default boolean keyable() {
        return switch (this) {
            case IntegerType _, NumberType _, BooleanType _, DecimalType _ -> true;
            case StringType _, BinaryType _, DateType _, TimeType _, DateTimeType _ -> true;
            case FloatingType _, TextType _, BlobType _, JsonType _ -> false;
        };
    }

    /** Bytes that a value takes at most in a row, for the databases' limit on declared row size. */
    default int declaredBytes() {
        return switch (this) {
            case IntegerType type -> type.width().bits() / 8;
            case NumberType _, DateTimeType _ -> 8;
            case BooleanType _ -> 1;
            case DecimalType type -> type.precision() / 2 + 2;
            case FloatingType(boolean single) -> single ? 4 : 8;
            case StringType type -> 4 * type.length() + 2;
            case BinaryType type -> type.length() + 2;
            case TextType _, BlobType _, JsonType _ -> 12;
            case DateType _ -> 3;
            case TimeType _ -> 6;
        };
    }

    /** Reads a type; spelling is free in case and blanks. @throws IllegalArgumentException with what is allowed */
    static ColumnType parse(String text) {
        return ColumnTypeParser.parse(text);
    }

    /** The number of bits of the integer types. */
    enum Width {
        TINYINT(8),
        SMALLINT(16),
        MEDIUMINT(24),
        INT(32),
        BIGINT(64);

        private final int bits;

        Width(int bits) {
            this.bits = bits;
        }

        public int bits() {
            return bits;
        }
    }

    /** An integer. */
    record IntegerType(Width width, boolean unsigned) implements ColumnType {
        /** Whether values are {@link io.shardeddb.protocol.value.Value.Unsigned64}. */
        public boolean unsigned64() {
            return unsigned && width == Width.BIGINT;
        }
    }

    /** The seeds' Number: a BIGINT. */
    record NumberType() implements ColumnType {}

    /** True or false, stored as 1 or 0. */
    record BooleanType() implements ColumnType {}

    /** An exact decimal number: {@code precision} digits, {@code scale} of them behind the point. */
    record DecimalType(int precision, int scale) implements ColumnType {
        public DecimalType {
            ColumnTypeParser.require(precision >= 1 && precision <= 65, "DECIMAL has 1 to 65 digits");
            ColumnTypeParser.require(
                    scale >= 0 && scale <= 30 && scale <= precision,
                    "DECIMAL has at most 30 fraction digits, and no more than digits");
        }
    }

    /** FLOAT (32 bits) or DOUBLE (64 bits). */
    record FloatingType(boolean single) implements ColumnType {}

    /** The sizes that the TEXT and BLOB families come in. */
    enum Size {
        TINY(255),
        NORMAL(65_535),
        MEDIUM(16_777_215),
        LONG(4_294_967_295L);

        private final long bytes;

        Size(long bytes) {
            this.bytes = bytes;
        }

        /** Greatest length of a value, in bytes. */
        public long bytes() {
            return bytes;
        }

        String prefix() {
            return this == NORMAL ? "" : name();
        }
    }

    /** CHAR(n) or VARCHAR(n): up to {@code length} characters. The seeds' String is VARCHAR(255) and keeps its name. */
    record StringType(Form form, int length) implements ColumnType {
        /** How the type is spelled. */
        public enum Form {
            STRING,
            CHAR,
            VARCHAR
        }

        public StringType {
            int most = switch (form) {
                case STRING, CHAR -> 255;
                case VARCHAR -> 16_000;
            };
            ColumnTypeParser.require(length >= 1 && length <= most, form + " has a length from 1 to " + most);
        }
    }

    /** TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT. */
    record TextType(Size size) implements ColumnType {}

    /** BINARY(n), padded with zero bytes, or VARBINARY(n): up to {@code length} bytes. */
    record BinaryType(boolean fixed, int length) implements ColumnType {
        public BinaryType {
            int most = fixed ? 255 : 65_000;
            ColumnTypeParser.require(
                    length >= 1 && length <= most,
                    (fixed ? "BINARY" : "VARBINARY") + " has a length from 1 to " + most);
        }
    }

    /** TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB. */
    record BlobType(Size size) implements ColumnType {}

    /** A calendar day, 1000-01-01 to 9999-12-31. */
    record DateType() implements ColumnType {}

    /** A duration or time of day, -838:59:59 to 838:59:59, with {@code fraction} fraction digits. */
    record TimeType(int fraction) implements ColumnType {
        public TimeType {
            ColumnTypeParser.requireFraction(fraction);
        }
    }

    /**
     * A day and time with {@code fraction} fraction digits: DATETIME without a zone, or TIMESTAMP, an instant kept in
     * UTC.
     */
    record DateTimeType(boolean instant, int fraction) implements ColumnType {
        public DateTimeType {
            ColumnTypeParser.requireFraction(fraction);
        }
    }

    /** Any JSON value. */
    record JsonType() implements ColumnType {}
}

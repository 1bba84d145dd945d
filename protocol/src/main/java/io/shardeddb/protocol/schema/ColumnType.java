package io.shardeddb.protocol.schema;

/** The type of a column. */
public sealed interface ColumnType {

    /** Greatest number of fraction digits of a time. */
    int MAX_FRACTION = 6;

    /** As it is written in the custom resource, in canonical spelling: "Number", "VARCHAR(40)", "BIGINT UNSIGNED". */
    String text();

    /** As it is declared in SQL, the same on MySQL and MariaDB, without character set and NULL. */
    default String sql() {
        return text();
    }

    /** Whether it may be part of a primary key. */
    boolean keyable();

    /** Bytes that a value takes at most in a row, for the databases' limit on declared row size. */
    int declaredBytes();

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
        @Override
        public String text() {
            return unsigned ? width + " UNSIGNED" : width.name();
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return width.bits() / 8;
        }

        /** Whether values are {@link io.shardeddb.protocol.value.Value.Unsigned64}. */
        public boolean unsigned64() {
            return unsigned && width == Width.BIGINT;
        }
    }

    /** The seeds' Number: a BIGINT. */
    record NumberType() implements ColumnType {
        @Override
        public String text() {
            return "Number";
        }

        @Override
        public String sql() {
            return "BIGINT";
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return 8;
        }
    }

    /** True or false, stored as 1 or 0. */
    record BooleanType() implements ColumnType {
        @Override
        public String text() {
            return "BOOLEAN";
        }

        @Override
        public String sql() {
            return "TINYINT(1)";
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return 1;
        }
    }

    /** An exact decimal number: {@code precision} digits, {@code scale} of them behind the point. */
    record DecimalType(int precision, int scale) implements ColumnType {
        public DecimalType {
            ColumnTypeParser.require(precision >= 1 && precision <= 65, "DECIMAL has 1 to 65 digits");
            ColumnTypeParser.require(
                    scale >= 0 && scale <= 30 && scale <= precision,
                    "DECIMAL has at most 30 fraction digits, and no more than digits");
        }

        @Override
        public String text() {
            return "DECIMAL(" + precision + "," + scale + ")";
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return precision / 2 + 2;
        }
    }

    /** FLOAT (32 bits) or DOUBLE (64 bits). */
    record FloatingType(boolean single) implements ColumnType {
        @Override
        public String text() {
            return single ? "FLOAT" : "DOUBLE";
        }

        @Override
        public boolean keyable() {
            return false;
        }

        @Override
        public int declaredBytes() {
            return single ? 4 : 8;
        }
    }

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

        @Override
        public String text() {
            return form == Form.STRING ? "String" : form + "(" + length + ")";
        }

        @Override
        public String sql() {
            return (form == Form.CHAR ? "CHAR(" : "VARCHAR(") + length + ")";
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return 4 * length + 2;
        }
    }

    /** TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT. */
    record TextType(Size size) implements ColumnType {
        @Override
        public String text() {
            return size.prefix() + "TEXT";
        }

        @Override
        public boolean keyable() {
            return false;
        }

        @Override
        public int declaredBytes() {
            return 12;
        }
    }

    /** BINARY(n), padded with zero bytes, or VARBINARY(n): up to {@code length} bytes. */
    record BinaryType(boolean fixed, int length) implements ColumnType {
        public BinaryType {
            int most = fixed ? 255 : 65_000;
            ColumnTypeParser.require(
                    length >= 1 && length <= most,
                    (fixed ? "BINARY" : "VARBINARY") + " has a length from 1 to " + most);
        }

        @Override
        public String text() {
            return (fixed ? "BINARY(" : "VARBINARY(") + length + ")";
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return length + 2;
        }
    }

    /** TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB. */
    record BlobType(Size size) implements ColumnType {
        @Override
        public String text() {
            return size.prefix() + "BLOB";
        }

        @Override
        public boolean keyable() {
            return false;
        }

        @Override
        public int declaredBytes() {
            return 12;
        }
    }

    /** A calendar day, 1000-01-01 to 9999-12-31. */
    record DateType() implements ColumnType {
        @Override
        public String text() {
            return "DATE";
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return 3;
        }
    }

    /** A duration or time of day, -838:59:59 to 838:59:59, with {@code fraction} fraction digits. */
    record TimeType(int fraction) implements ColumnType {
        public TimeType {
            ColumnTypeParser.requireFraction(fraction);
        }

        @Override
        public String text() {
            return ColumnTypeParser.withFraction("TIME", fraction);
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return 6;
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

        @Override
        public String text() {
            return ColumnTypeParser.withFraction(instant ? "TIMESTAMP" : "DATETIME", fraction);
        }

        @Override
        public boolean keyable() {
            return true;
        }

        @Override
        public int declaredBytes() {
            return 8;
        }
    }

    /** Any JSON value. */
    record JsonType() implements ColumnType {
        @Override
        public String text() {
            return "JSON";
        }

        @Override
        public boolean keyable() {
            return false;
        }

        @Override
        public int declaredBytes() {
            return 12;
        }
    }
}

package io.shardeddb.protocol.value;

import com.google.protobuf.ByteString;

/**
 * One column's value in one row, as it is stored: coerced to the column's type and canonical, so that equal values have
 * equal bytes on every replica.
 */
public sealed interface Value {

    /** The absent value of a nullable column. */
    Null NULL = new Null();

    /**
     * About how many bytes of memory a value takes: 16, and two for each character of a text, or one for each byte of a
     * blob. The same wherever it is asked, so that outcomes may depend on it.
     */
    static long memoryBytes(Value value) {
        return 16
                + switch (value) {
                    case Null _, Int64 _, Unsigned64 _, Real _ -> 0;
                    case Text(String text) -> 2L * text.length();
                    case Blob(ByteString bytes) -> bytes.size();
                };
    }

    /** SQL's NULL. */
    record Null() implements Value {}

    /** Number, BOOLEAN (0 or 1), and every integer type but BIGINT UNSIGNED. */
    record Int64(long value) implements Value {}

    /** BIGINT UNSIGNED: the 64 bits of the unsigned number. */
    record Unsigned64(long bits) implements Value {}

    /** FLOAT (exactly representable in 32 bits then) and DOUBLE. Finite; zero has no sign. */
    record Real(double value) implements Value {
        public Real {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("not a finite number: " + value);
            }
            // Adding 0.0 turns -0.0 into 0.0: they are equal in SQL, so they must be equal in bytes.
            value = value + 0.0;
        }
    }

    /**
     * String, CHAR, VARCHAR, the TEXT family; and the canonical text of DECIMAL, DATE, TIME, DATETIME, TIMESTAMP and
     * JSON.
     */
    record Text(String value) implements Value {}

    /** BINARY, VARBINARY and the BLOB family. */
    record Blob(ByteString bytes) implements Value {}
}

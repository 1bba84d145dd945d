package io.shardeddb.protocol.value;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The one binary form of rows: on the wire, in the log, for keys, hashes and checksums. Equal rows have equal bytes and
 * unequal rows unequal ones; what is not canonical is not decoded.
 *
 * <p>A row is its values one after the other, without a count, so that a key's prefix has a prefix of its bytes. A
 * value is a tag and a payload. Tag 0 is NULL, with no payload. Tag 1 is Int64, its zigzag form as a varint. Tag 2 is
 * Unsigned64, a varint. Tag 3 is Real: eight bytes, IEEE 754, big-endian. Tag 4 is Text: its byte length as a varint,
 * and UTF-8. Tag 5 is Blob: its length as a varint, and the bytes. Varints are little-endian groups of seven bits with
 * a continuation bit, in their shortest form.
 */
public final class RowCodec {

    private static final byte NULL = 0;
    private static final byte INT64 = 1;
    private static final byte UNSIGNED64 = 2;
    private static final byte REAL = 3;
    private static final byte TEXT = 4;
    private static final byte BLOB = 5;

    private RowCodec() {}

    /** The canonical bytes of a row. */
    public static ByteString encode(Row row) {
        return encode(row.values());
    }

    /** The canonical bytes of values in order. */
    public static ByteString encode(List<Value> values) {
        Writer writer = new Writer(values.size() * 12 + 16);
        for (Value value : values) {
            writer.value(value);
        }
        return writer.bytes();
    }

    /** The canonical bytes of one value: what the hash strategy hashes. */
    public static byte[] encode(Value value) {
        Writer writer = new Writer(24);
        writer.value(value);
        return Arrays.copyOf(writer.buffer, writer.size);
    }

    /** The row of canonical bytes. */
    public static Row decode(ByteString bytes) {
        return new Row(new Reader(bytes).all());
    }

    /**
     * The row of canonical bytes with an expected number of values.
     *
     * @throws IllegalArgumentException when the bytes are not canonical or hold another number of values
     */
    public static Row decode(ByteString bytes, int size) {
        Row row = decode(bytes);
        if (row.size() != size) {
            throw new IllegalArgumentException("expected " + size + " values, found " + row.size());
        }
        return row;
    }

    private static final class Writer {
        private byte[] buffer;
        private int size;

        Writer(int capacity) {
            buffer = new byte[capacity];
        }

        void value(Value value) {
            switch (value) {
                case Value.Null ignored -> tag(NULL);
                case Value.Int64(long number) -> {
                    tag(INT64);
                    varint((number << 1) ^ (number >> 63));
                }
                case Value.Unsigned64(long bits) -> {
                    tag(UNSIGNED64);
                    varint(bits);
                }
                case Value.Real(double number) -> {
                    tag(REAL);
                    ensure(8);
                    ByteBuffer.wrap(buffer, size, 8).putLong(Double.doubleToRawLongBits(number));
                    size += 8;
                }
                case Value.Text(String text) -> text(text);
                case Value.Blob(ByteString bytes) -> {
                    tag(BLOB);
                    varint(bytes.size());
                    ensure(bytes.size());
                    bytes.copyTo(buffer, size);
                    size += bytes.size();
                }
            }
        }

        private void text(String text) {
            tag(TEXT);
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            varint(utf8.length);
            ensure(utf8.length);
            System.arraycopy(utf8, 0, buffer, size, utf8.length);
            size += utf8.length;
        }

        private void tag(byte tag) {
            ensure(1);
            buffer[size++] = tag;
        }

        private void varint(long bits) {
            ensure(10);
            long rest = bits;
            while ((rest & ~0x7FL) != 0) {
                buffer[size++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            buffer[size++] = (byte) rest;
        }

        private void ensure(int more) {
            if (buffer.length - size < more) {
                buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
            }
        }

        ByteString bytes() {
            return UnsafeByteOperations.unsafeWrap(buffer, 0, size);
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(ByteString source) {
            bytes = source.toByteArray();
        }

        List<Value> all() {
            List<Value> values = new ArrayList<>(8);
            while (at < bytes.length) {
                values.add(value());
            }
            return values;
        }

        private Value value() {
            byte tag = bytes[at++];
            return switch (tag) {
                case NULL -> Value.NULL;
                case INT64 -> {
                    long zigzag = varint();
                    yield new Value.Int64((zigzag >>> 1) ^ -(zigzag & 1));
                }
                case UNSIGNED64 -> new Value.Unsigned64(varint());
                case REAL -> real();
                case TEXT -> text();
                case BLOB -> {
                    int length = length();
                    at += length;
                    yield new Value.Blob(ByteString.copyFrom(bytes, at - length, length));
                }
                default -> throw broken("unknown tag " + tag);
            };
        }

        private Value real() {
            if (bytes.length - at < 8) {
                throw broken("a number is cut off");
            }
            long bits = ByteBuffer.wrap(bytes, at, 8).getLong();
            at += 8;
            double number = Double.longBitsToDouble(bits);
            if (!Double.isFinite(number) || bits == Long.MIN_VALUE) {
                throw broken("a number is not canonical");
            }
            return new Value.Real(number);
        }

        private Value text() {
            int length = length();
            int start = at;
            at += length;
            boolean ascii = true;
            for (int i = start; i < at; i++) {
                if (bytes[i] < 0) {
                    ascii = false;
                    break;
                }
            }
            if (ascii) {
                return new Value.Text(new String(bytes, start, length, StandardCharsets.ISO_8859_1));
            }
            try {
                CharBuffer text = StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(bytes, start, length));
                return new Value.Text(text.toString());
            } catch (CharacterCodingException ignored) {
                throw broken("a text is not UTF-8");
            }
        }

        private int length() {
            long length = varint();
            if (length < 0 || length > bytes.length - at) {
                throw broken("a length goes beyond the end");
            }
            return (int) length;
        }

        private long varint() {
            long bits = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (at >= bytes.length) {
                    throw broken("a number is cut off");
                }
                byte next = bytes[at++];
                if (shift == 63 && next > 1) {
                    throw broken("a number has more than 64 bits");
                }
                bits |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    if (next == 0 && shift > 0) {
                        throw broken("a number is not in its shortest form");
                    }
                    return bits;
                }
            }
            throw broken("a number has more than 64 bits");
        }

        private IllegalArgumentException broken(String reason) {
            return new IllegalArgumentException("not a row: " + reason + " at byte " + at);
        }
    }
}

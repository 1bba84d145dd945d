package io.shardeddb.server.store.sql;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.value.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Statements that go to the database in one packet, with their values written into them: a statement with parameters
 * would be parsed by the driver again for each number of rows. A statement's shape is one of {@link SqlText} or
 * {@link TableSql}; each of its {@code ?} is filled in order. Identifiers hold no question mark.
 *
 * <p>Values cannot end a literal: text is in quotes only if it is printable ASCII without quote and backslash, else in
 * hexadecimal digits, as bytes always do.
 */
public final class PacketText {

    private static final String ROWS = "VALUES ";
    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder text = new StringBuilder(512);
    private String shape = "";
    private int at;

    /** Begins the next statement. */
    public PacketText statement(String next) {
        requireFilled();
        if (!text.isEmpty()) {
            text.append("; ");
        }
        shape = next;
        at = 0;
        copyToParameter();
        return this;
    }

    /** Begins another row of the INSERT or REPLACE that was begun last. */
    public void nextRow() {
        requireFilled();
        text.append(", ");
        at = shape.lastIndexOf(ROWS) + ROWS.length();
        copyToParameter();
    }

    public PacketText number(long value) {
        text.append(value);
        return filled();
    }

    public PacketText bytes(ByteString value) {
        text.append("X'").append(HEX.formatHex(value.toByteArray())).append('\'');
        return filled();
    }

    /** A value that is stored in a column or compared with it. */
    public PacketText value(ColumnType type, Value value) {
        switch (value) {
            case Value.Null _ -> text.append("NULL");
            case Value.Int64(long number) -> text.append(number);
            case Value.Unsigned64(long bits) -> text.append(Long.toUnsignedString(bits));
            case Value.Real(double number) -> text.append(finite(number));
            case Value.Text(String string) -> {
                if (type instanceof ColumnType.DecimalType) {
                    text.append(new BigDecimal(string).toPlainString());
                } else {
                    quote(string);
                }
            }
            case Value.Blob(ByteString content) -> {
                return bytes(content);
            }
        }
        return filled();
    }

    private static double finite(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("a column holds no " + number);
        }
        return number;
    }

    private void quote(String string) {
        boolean plain = string.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '\'' && c != '\\');
        if (plain) {
            text.append('\'').append(string).append('\'');
        } else {
            text.append("_utf8mb4 X'")
                    .append(HEX.formatHex(string.getBytes(StandardCharsets.UTF_8)))
                    .append('\'');
        }
    }

    private PacketText filled() {
        if (at > shape.length()) {
            throw new IllegalStateException("more values than parameters: " + shape);
        }
        copyToParameter();
        return this;
    }

    /** Afterwards the place is behind the next parameter, or behind the end when there is none. */
    private void copyToParameter() {
        int parameter = shape.indexOf('?', at);
        int end = parameter < 0 ? shape.length() : parameter;
        text.append(shape, Math.min(at, shape.length()), end);
        at = end + 1;
        if (parameter < 0) {
            at = shape.length() + 1;
        }
    }

    private void requireFilled() {
        if (!shape.isEmpty() && at <= shape.length()) {
            throw new IllegalStateException("fewer values than parameters: " + shape);
        }
    }

    /** Characters so far. */
    public int length() {
        return text.length();
    }

    /** The statements. */
    @Override
    public String toString() {
        requireFilled();
        return text.toString();
    }
}

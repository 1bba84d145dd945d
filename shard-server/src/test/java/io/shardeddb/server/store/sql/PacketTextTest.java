package io.shardeddb.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketTextTest {

    private static final ColumnType STRING = ColumnType.parse("String");

    private static String literal(ColumnType type, Value value) {
        return new PacketText().statement("SELECT ?").value(type, value).toString();
    }

    private static String literal(String text) {
        return literal(STRING, new Value.Text(text)).substring("SELECT ".length());
    }

    @Test
    void fillsParametersInOrderAndPutsStatementsAfterOneAnother() {
        PacketText text = new PacketText()
                .statement("UPDATE t SET a = ?, b = ? WHERE k = ?")
                .number(1)
                .value(STRING, Value.NULL)
                .value(STRING, new Value.Text("key"))
                .statement("INSERT INTO u (a, b) VALUES (?, ?)")
                .number(2)
                .number(3);
        text.nextRow();
        text.number(-4).bytes(ByteString.copyFrom(new byte[] {0, -1})).statement("COMMIT");

        assertThat(text)
                .hasToString("UPDATE t SET a = 1, b = NULL WHERE k = 'key'; "
                        + "INSERT INTO u (a, b) VALUES (2, 3), (-4, X'00ff'); COMMIT");
    }

    @Test
    void quotesOnlyPlainText() {
        assertThat(literal("Ann Lee; -- ?")).isEqualTo("'Ann Lee; -- ?'");
        assertThat(literal("")).isEqualTo("''");
    }

    @ParameterizedTest
    @ValueSource(strings = {"it's", "a\\", "\"ö\"", "line\nbreak", "nul\0", "\u007f", "'; DROP TABLE t; --"})
    void writesOtherTextInHexadecimalDigits(String text) {
        assertThat(literal(text)).matches("_utf8mb4 X'([0-9a-f]{2})+'");
    }

    @Test
    void writesNumbersAsTheirDigits() {
        assertThat(literal(ColumnType.parse("BIGINT UNSIGNED"), new Value.Unsigned64(-1)))
                .isEqualTo("SELECT 18446744073709551615");
        assertThat(literal(ColumnType.parse("DECIMAL(10,2)"), new Value.Text("-12.50")))
                .isEqualTo("SELECT -12.50");
        assertThat(literal(ColumnType.parse("DOUBLE"), new Value.Real(1e-7))).isEqualTo("SELECT 1.0E-7");
        assertThatThrownBy(() -> literal(ColumnType.parse("DECIMAL(10,2)"), new Value.Text("1 OR 1")))
                .isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> literal(ColumnType.parse("DOUBLE"), new Value.Real(Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesTooFewAndTooManyValues() {
        PacketText open = new PacketText().statement("SELECT ?, ?").number(1);
        assertThatThrownBy(open::toString).hasMessageContaining("fewer values");
        assertThatThrownBy(() -> open.statement("COMMIT")).hasMessageContaining("fewer values");
        assertThatThrownBy(() -> new PacketText().statement("COMMIT").number(1)).hasMessageContaining("more values");
    }
}

package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoercionTest {

    /** The table: mode, type, input as JSON, and the stored value or the error's code. */
    @ParameterizedTest
    @CsvFileSource(resources = "/golden/coercion.txt", delimiter = '|', quoteCharacter = '~', numLinesToSkip = 1)
    void storesWhatTheTableSays(String mode, String type, String json, String expected) {
        ColumnDefinition column = new ColumnDefinition("c", ColumnType.parse(type), true);
        String actual;
        try {
            actual = show(Coercion.coerce(
                    CanonicalJson.parse(json), column, false, CoercionMode.valueOf(mode.toUpperCase(Locale.ROOT))));
        } catch (DatabaseException e) {
            assertThat(e.details()).containsEntry("column", "c");
            actual = e.code().name();
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void storedTextIsItsOwnCanonicalForm() {
        for (String type : new String[] {"DECIMAL(8,3)", "DATE", "TIME(2)", "DATETIME(6)", "TIMESTAMP(3)"}) {
            String input = type.startsWith("DEC")
                    ? "1.5"
                    : type.equals("DATE")
                            ? "2026-02-28"
                            : type.startsWith("TIME(") ? "-1:00".replace("-1", "-01") : "2026-02-28T01:02:03.12";
            ColumnDefinition column = new ColumnDefinition("c", ColumnType.parse(type), false);
            Value once = Coercion.coerce(input, column, false, CoercionMode.STRICT);
            assertThat(Coercion.coerce(((Value.Text) once).value(), column, false, CoercionMode.STRICT))
                    .isEqualTo(once);
        }
    }

    @Test
    void refusesNullWhereNoneMayBe() {
        ColumnDefinition column = new ColumnDefinition("c", ColumnType.parse("Number"), false);
        assertCode(null, column, false, ErrorCode.NULL_NOT_ALLOWED);
    }

    @Test
    void refusesKeysThatSqlWouldTakeForOthers() {
        ColumnDefinition column = new ColumnDefinition("c", ColumnType.parse("String"), false);
        assertCode("a ", column, true, ErrorCode.TRAILING_SPACE_IN_KEY);
        assertThat(Coercion.coerce("a ", column, false, CoercionMode.STRICT)).isEqualTo(new Value.Text("a "));
    }

    @Test
    void refusesHalfSurrogatePairs() {
        ColumnDefinition column = new ColumnDefinition("c", ColumnType.parse("String"), false);
        assertCode("\uD800", column, false, ErrorCode.WRONG_TYPE);
        assertCode("x\uDC00", column, false, ErrorCode.WRONG_TYPE);
    }

    @Test
    void hugeExponentsCostNothing() {
        ColumnDefinition column = new ColumnDefinition("c", ColumnType.parse("Number"), false);
        assertCode(new BigDecimal("1e999999999"), column, false, ErrorCode.VALUE_OUT_OF_RANGE);
        assertCode(BigInteger.TEN.pow(500), column, false, ErrorCode.VALUE_OUT_OF_RANGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Number", "String", "TINYINT", "BIGINT UNSIGNED", "BOOLEAN", "DECIMAL(10,2)", "FLOAT", "DOUBLE",
                        "CHAR(3)",
                "VARCHAR(40)", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "BINARY(16)", "VARBINARY(9)", "TINYBLOB",
                        "BLOB",
                "MEDIUMBLOB", "LONGBLOB", "DATE", "TIME", "TIME(3)", "DATETIME(6)", "TIMESTAMP", "JSON"
            })
    void typesComeBackFromTheirText(String text) {
        assertThat(ColumnType.parse(text).text()).isEqualTo(text);
        assertThat(ColumnType.parse(" " + text.toLowerCase(Locale.ROOT).replace(",", " , "))
                        .text())
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "NUMBR",
                "VARCHAR",
                "VARCHAR(0)",
                "VARCHAR(16001)",
                "CHAR(256)",
                "DECIMAL(70,2)",
                "DECIMAL(5,6)",
                "TIME(7)",
                "TEXT(5)",
                "DOUBLE UNSIGNED",
                "INT(11)",
                "VARCHAR(3,4)",
                "INT; DROP TABLE x",
                "String(5)"
            })
    void refusesOtherTypes(String text) {
        assertThatThrownBy(() -> ColumnType.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertCode(@Nullable Object input, ColumnDefinition column, boolean key, ErrorCode code) {
        assertThatThrownBy(() -> Coercion.coerce(input, column, key, CoercionMode.STRICT))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static String show(Value value) {
        return switch (value) {
            case Value.Null ignored -> "null";
            case Value.Int64(long number) -> "i:" + number;
            case Value.Unsigned64(long bits) -> "u:" + Long.toUnsignedString(bits);
            case Value.Real(double number) -> "r:" + number;
            case Value.Text(String text) -> "t:" + text;
            case Value.Blob(ByteString bytes) -> "b:" + java.util.HexFormat.of().formatHex(bytes.toByteArray());
        };
    }

    @Test
    void takesJsonAsDeepAsEveryDatabaseAndNoDeeper() {
        ColumnDefinition column = new ColumnDefinition("doc", ColumnType.parse("JSON"), true);
        int most = CanonicalJson.MAX_STORED_DEPTH;
        String deepest = "[".repeat(most) + "1" + "]".repeat(most);
        assertThat(Coercion.coerce(CanonicalJson.parse(deepest), column, false, CoercionMode.STRICT))
                .isEqualTo(new Value.Text(deepest));
        Object deeper = CanonicalJson.parse("{\"a\":" + deepest + "}");
        assertThatThrownBy(() -> Coercion.coerce(deeper, column, false, CoercionMode.STRICT))
                .isInstanceOfSatisfying(DatabaseException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.VALUE_OUT_OF_RANGE);
                    assertThat(e.details()).containsEntry("column", "doc");
                    assertThat(e.text()).contains("doc").contains("at most 31");
                });
    }
}

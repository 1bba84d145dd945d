package io.shardeddb.protocol.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.value.Value;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

    private static Value value(String type, String text) {
        if (text.equals("null")) {
            return Value.NULL;
        }
        return switch (type) {
            case "Number" -> new Value.Int64(Long.parseLong(text));
            case "BIGINT UNSIGNED" -> new Value.Unsigned64(Long.parseUnsignedLong(text));
            case "DOUBLE" -> new Value.Real(Double.parseDouble(text));
            default -> new Value.Text(text);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "Number, 5, ==, 5, true",
        "Number, 5, !=, 5, false",
        "Number, 5, <, 6, true",
        "Number, -5, <, -6, false",
        "Number, 5, <=, 5, true",
        "Number, 5, >, 5, false",
        "Number, 5, >=, 5, true",
        "BIGINT UNSIGNED, 18446744073709551615, >, 1, true",
        "DOUBLE, 0.5, <, 0.75, true",
        "'DECIMAL(10,2)', 9.50, <, 10.00, true",
        "'DECIMAL(10,2)', 9.50, ==, 9.50, true",
        "TIME, -01:00:00, <, 00:30:00, true",
        "DATE, 2026-02-01, >, 2026-01-31, true",
        // The databases take these for equal, so they are.
        "VARCHAR(9), a, ==, 'a ', true",
        "VARCHAR(9), a, <, b, true",
        "TEXT, a, ==, 'a ', false",
        "JSON, '{\"a\":1}', ==, '{\"a\":1}', true",
        // NULL equals NULL alone, and has no place in an order.
        "Number, null, ==, null, true",
        "Number, null, !=, 5, true",
        "Number, 5, ==, null, false",
        "Number, null, <, 5, false",
        "Number, null, >=, 5, false"
    })
    void comparesAsTheColumnDoes(String type, String present, String sign, String asked, boolean holds) {
        Comparison comparison = Comparison.ofSign(sign).orElseThrow();
        assertThat(comparison.holds(ColumnType.parse(type), value(type, present), value(type, asked)))
                .isEqualTo(holds);
    }
}

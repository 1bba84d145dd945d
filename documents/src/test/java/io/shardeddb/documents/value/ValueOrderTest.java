package io.shardeddb.documents.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ValueOrderTest {

    @Test
    void typesAndValuesHaveBsonsOrder() {
        List<String> sorted = List.of(
                "null",
                "-1e300",
                "-9223372036854775808",
                "-1",
                "-0.5",
                "0",
                "0.5",
                "1",
                "9007199254740993",
                "9223372036854775807",
                "9223372036854775808",
                "1e300",
                "\"\"",
                "\"A\"",
                "\"a\"",
                "\"ab\"",
                "\"\uFFFD\"",
                "\"\uD83D\uDE00\"",
                "{}",
                "{\"a\":1}",
                "{\"a\":1,\"b\":1}",
                "{\"b\":1}",
                "{\"a\":\"x\"}",
                "[]",
                "[1]",
                "[1,2]",
                "[2]",
                "[\"a\"]",
                "[[]]",
                "false",
                "true");
        for (int i = 0; i < sorted.size(); i++) {
            for (int j = 0; j < sorted.size(); j++) {
                DocumentValue a = DocumentValue.parse(sorted.get(i));
                DocumentValue b = DocumentValue.parse(sorted.get(j));
                assertThat(Integer.signum(ValueOrder.compare(a, b)))
                        .as("%s against %s", sorted.get(i), sorted.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Test
    void integersAndDoublesAreComparedExactly() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            long whole = random.nextLong() >> random.nextInt(64);
            double real = (double) whole + (random.nextInt(3) - 1) * Math.ulp((double) whole) / (1 + random.nextInt(2));
            int exact = BigDecimal.valueOf(whole).compareTo(new BigDecimal(real));
            assertThat(ValueOrder.compare(DocumentValue.of(whole), DocumentValue.of(real)))
                    .as("%s against %s", whole, real)
                    .isEqualTo(exact);
            assertThat(ValueOrder.compare(DocumentValue.of(real), DocumentValue.of(whole)))
                    .isEqualTo(-exact);
        }
    }

    @Test
    void anIntegerAndADoubleOfOneAmountAreEqualAlsoInsideOthers() {
        DocumentValue whole = DocumentValue.parse("{\"a\":[1,0]}");
        DocumentValue real = DocumentValue.parse("{\"a\":[1.0,-0.0]}");
        assertThat(ValueOrder.equal(whole, real)).isTrue();
        assertThat(whole).isNotEqualTo(real);
        assertThat(ValueOrder.equal(null, DocumentValue.NullValue.NULL)).isTrue();
    }

    @Test
    void whatIsWrittenIsCanonical() {
        assertThat(DocumentValue.parse(" {\"b\": 1.50, \"a\": [18446744073709551615, -0.0, 1e2, 7]} ")
                        .toJson())
                .isEqualTo("{\"a\":[1.8446744073709552E19,0.0,100.0,7],\"b\":1.5}");
        assertThat(DocumentValue.parse("\"\u00e4\uD83D\uDE00\"").sizeInBytes()).isEqualTo(8);
        assertThat(DocumentValue.parse("{\"a\":[{}]}").depth()).isEqualTo(3);
    }
}

package io.shardeddb.documents.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.shardeddb.protocol.error.DatabaseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DocumentIdTest {

    private static final Place PLACE = new Place("document._id");

    @Test
    void bytesKeepTheOrderAndLeadBack() {
        List<DocumentValue> sorted = Stream.concat(
                        Stream.of(Long.MIN_VALUE, -256L, -1L, 0L, 1L, 255L, 256L, Long.MAX_VALUE)
                                .map(DocumentValue::of),
                        Stream.of("\0", "0", "1", "a", "a\0", "aa", "b", "\u00e4", "\uFFFD", "\uD83D\uDE00")
                                .map(DocumentValue::of))
                .map(DocumentValue.class::cast)
                .toList();
        for (DocumentValue a : sorted) {
            assertThat(DocumentId.value(DocumentId.bytes(a, PLACE))).isEqualTo(a);
            for (DocumentValue b : sorted) {
                assertThat(Integer.signum(
                                Arrays.compareUnsigned(DocumentId.bytes(a, PLACE), DocumentId.bytes(b, PLACE))))
                        .as("%s against %s", a, b)
                        .isEqualTo(Integer.signum(ValueOrder.compare(a, b)));
            }
        }
    }

    @Test
    void theBytesNeverChange() {
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(DocumentId.bytes(DocumentValue.of(1), PLACE))).isEqualTo("108000000000000001");
        assertThat(hex.formatHex(DocumentId.bytes(DocumentValue.of("ada"), PLACE)))
                .isEqualTo("20616461");
        assertThat(hex.formatHex(DocumentId.shardKeyBytes(DocumentValue.of(true), PLACE)))
                .isEqualTo("4001");
    }

    @Test
    void whatCannotBeAnIdIsRefused() {
        for (String json : List.of("null", "true", "1.0", "1e3", "[]", "{}", "\"\"", "\"\\ud800\"")) {
            assertThatExceptionOfType(DatabaseException.class)
                    .as(json)
                    .isThrownBy(() -> DocumentId.bytes(DocumentValue.parse(json), PLACE))
                    .withMessageStartingWith("document._id: ");
        }
        assertThat(DocumentId.bytes(DocumentValue.of("x".repeat(1000)), PLACE)).hasSize(1001);
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> DocumentId.bytes(DocumentValue.of("x".repeat(1001)), PLACE))
                .withMessageContaining("at most 1000");
    }

    @Test
    void whatAFilterAsksForLeadsToTheSameBytes() {
        assertThat(DocumentId.bytesOfEqual(DocumentValue.of(5.0)))
                .hasValueSatisfying(bytes -> assertThat(DocumentId.value(bytes)).isEqualTo(DocumentValue.of(5)));
        assertThat(DocumentId.bytesOfEqual(DocumentValue.of(5.5))).isEmpty();
        assertThat(DocumentId.bytesOfEqual(DocumentValue.of(0x1p63))).isEmpty();
        assertThat(DocumentId.bytesOfEqual(DocumentValue.NullValue.NULL)).isEmpty();
        assertThat(DocumentId.bytesOfEqual(DocumentValue.of("x".repeat(1001)))).isEmpty();
    }

    @Test
    void generatedIdsGrowWithTime() {
        Random random = new Random(1);
        String before = "";
        for (long millis = 1_700_000_000_000L; millis < 1_700_000_000_100L; millis++) {
            String id = DocumentId.generate(millis, random).value();
            assertThat(id).hasSize(26).isGreaterThan(before);
            assertThat(DocumentId.ofAddress(id)).isEqualTo(DocumentValue.of(id));
            before = id;
        }
    }

    @Test
    void anAddressNamesANumberOrAText() {
        assertThat(DocumentId.ofAddress("42")).isEqualTo(DocumentValue.of(42));
        assertThat(DocumentId.ofAddress("-9223372036854775808")).isEqualTo(DocumentValue.of(Long.MIN_VALUE));
        assertThat(DocumentId.ofAddress("\"42\"")).isEqualTo(DocumentValue.of("42"));
        assertThat(DocumentId.ofAddress("042")).isEqualTo(DocumentValue.of("042"));
        assertThat(DocumentId.ofAddress("9223372036854775808")).isEqualTo(DocumentValue.of("9223372036854775808"));
        assertThat(DocumentId.ofAddress("\"")).isEqualTo(DocumentValue.of("\""));
    }
}

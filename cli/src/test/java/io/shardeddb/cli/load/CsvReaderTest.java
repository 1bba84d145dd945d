package io.shardeddb.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CsvReaderTest {

    @Test
    void readsPlainAndQuotedFields() throws IOException {
        assertThat(records("a,b\r\n1,\"x, \"\"y\"\"\"\n2,\"two\nlines\"\n"))
                .containsExactly(List.of("a", "b"), List.of("1", "x, \"y\""), List.of("2", "two\nlines"));
    }

    @Test
    void keepsEmptyFieldsAndReadsALastLineWithoutLineFeed() throws IOException {
        assertThat(records("a,,\n,\"\",z")).containsExactly(List.of("a", "", ""), List.of("", "", "z"));
    }

    @Test
    void passesOverBlankLinesAndCountsThem() throws IOException {
        try (CsvReader reader = new CsvReader(new StringReader("a\n\n\nb\n"))) {
            reader.next();
            assertThat(reader.next()).containsExactly("b");
            assertThat(reader.line()).isEqualTo(4);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void namesTheLineOfAQuoteThatIsNotClosed() {
        assertThatThrownBy(() -> records("a\n\"open\nmore"))
                .isInstanceOf(CsvReader.Malformed.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void refusesTextAfterAClosingQuote() {
        assertThatThrownBy(() -> records("\"a\"b,c\n")).hasMessageContaining("after a closing quote");
    }

    private static List<List<String>> records(String text) throws IOException {
        List<List<String>> records = new ArrayList<>();
        try (CsvReader reader = new CsvReader(new StringReader(text))) {
            for (List<String> record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
        }
        return records;
    }
}

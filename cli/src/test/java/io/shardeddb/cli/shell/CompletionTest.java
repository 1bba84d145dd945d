package io.shardeddb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.Commands;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CompletionTest {

    private static final Vocabulary NAMES = new Vocabulary(
            List.of("StudT"),
            List.of("people"),
            List.of("sessions"),
            Map.of("StudT", List.of("Stud_id", "Stud_name"), "people", List.of("_id", "born", "name")));

    private static Completion of(String text) {
        return Completion.of(text, Commands.spec(), NAMES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "fi                                              | find",
                "kv sc                                           | scan",
                "find p                                          | people",
                "read                                            | StudT",
                "kv get s                                        | sessions",
                "collections cr                                  | create",
                "find people --li                                | --limit",
                "find people --output y                          | yaml",
                "find people --sort b                            | born",
                "export StudT x.csv --columns Stud_n             | Stud_name",
                "find people {\"na                               | \"name\":",
                "find people {\"born\": {\"$gt                   | \"$gt\": \"$gte\":",
                "find people {\"name\":1, \"$o                   | \"$or\":",
                "find people {\"$or\":[{\"bo                     | \"born\":",
                "find StudT {\"$                                 | \"$and\":",
                "find StudT {\"Stud_id\":{\"$g                   | \"$gt\": \"$gte\":",
                "update people {\"_id\":1} {\"$in                | \"$inc\":",
                "update people {\"_id\":1} {\"$inc\":{\"b        | \"born\":",
                "aggregate people [{\"$ma                        | \"$match\":",
                "aggregate people [{\"$match\":{\"born\":{\"$gte | \"$gte\":",
                "aggregate people [{\"$group\":{\"s\":{\"$su     | \"$sum\":",
                "insert people {\"na                             | \"name\":",
                "\\ti                                            | \\timing"
            })
    void offersWhatMayStandThere(String text, String expected) {
        String typed = text.equals("read") ? "read " : text;
        assertThat(of(typed).candidates()).containsExactly(expected.split(" ", -1));
    }

    @Test
    void offersNothingForValuesAndForKeys() {
        assertThat(of("find people {\"born\": ").candidates()).isEmpty();
        assertThat(of("find people {\"born\": \"na").candidates()).isEmpty();
        assertThat(of("read StudT 4").candidates()).isEmpty();
        assertThat(of("nothing ").candidates()).isEmpty();
    }

    @Test
    void whatIsTypedIsReplacedFromWhereItBegins() {
        assertThat(of("find people {\"a\":1, \"na").begins()).isEqualTo("find people {\"a\":1, ".length());
        assertThat(of("find pe").begins()).isEqualTo(5);
        assertThat(of("find ").begins()).isEqualTo(5);
    }
}

package io.shardeddb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementTest {

    @Test
    void blanksPartWordsAndQuotesHoldThemTogether() {
        assertThat(Statement.of("kv put s 'a key' \"say \\\"hi\\\"\" with\\ blank ''")
                        .words())
                .containsExactly("kv", "put", "s", "a key", "say \"hi\"", "with blank", "");
    }

    @Test
    void jsonNeedsNoQuotesAndKeepsItsOwn() {
        assertThat(Statement.of("find people {\"a b\": {\"$gt\": \"}\\\" {\"}} --limit 5")
                        .words())
                .containsExactly("find", "people", "{\"a b\": {\"$gt\": \"}\\\" {\"}}", "--limit", "5");
        assertThat(Statement.of("insert p [{\"a\":[1, 2]}, {}]").words())
                .containsExactly("insert", "p", "[{\"a\":[1, 2]}, {}]");
        assertThat(Statement.of("kv get s key{1 ").words()).containsExactly("kv", "get", "s", "key{1");
        assertThat(Statement.of("find people '{\"a\":1}'").words()).containsExactly("find", "people", "{\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "find p {              | a brace {",
                "insert p [{\"a\":1},  | a bracket [",
                "find p {\"a           | a text \"",
                "kv put s 'a           | a quote '",
                "kv put s \"a          | a quote \"",
                "find p \\             | a line that ends with \\"
            })
    void whatIsOpenGoesOnInTheNextLine(String text, String open) {
        Statement statement = Statement.of(text);
        assertThat(statement.whole()).isFalse();
        assertThat(statement.open()).isEqualTo(open);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "find p", "find p {\"a\":\n1}", "kv put s 'a\nb'", "# a comment {"})
    void otherTextsAreWhole(String text) {
        assertThat(Statement.of(text).whole()).isTrue();
    }

    @Test
    void aLineThatEndsWithABackslashIsJoinedToTheNext() {
        assertThat(Statement.of("find people \\\n  --limit \\\n5").words())
                .containsExactly("find", "people", "--limit", "5");
    }

    @Test
    void commandsOfTheShellKeepTheirBackslash() {
        assertThat(Statement.of("\\timing on").words()).containsExactly("\\timing", "on");
        assertThat(Statement.of("# nothing\nfind p # no comment").words())
                .containsExactly("find", "p", "#", "no", "comment");
    }
}

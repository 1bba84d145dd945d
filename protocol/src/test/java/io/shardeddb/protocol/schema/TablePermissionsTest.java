package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TablePermissionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'drop orders.note; rebuild customers' | drop orders.note; rebuild customers",
                "'  rebuild   a ;drop\tb;'              | drop b; rebuild a",
                "'drop a; drop a'                       | drop a",
            })
    void readsPermissionsInAnyOrderAndSpacing(String text, String allowed) {
        TablePermissions permissions = TablePermissions.parse(text);
        assertThat(TablePermissions.text(permissions.allowed())).isEqualTo(allowed);
        assertThat(TablePermissions.parse(allowed).allowed()).isEqualTo(permissions.allowed());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "dorp orders",
                "drop",
                "DROP orders",
                "drop orders.",
                "drop orders.note.x",
                "rebuild orders.note",
                "drop orders, drop customers",
                "drop a-b",
                "*",
            })
    void tellsWhatItCannotReadAndKeepsTheRest(String text) {
        TablePermissions permissions = TablePermissions.parse("rebuild r; " + text + "; drop d");
        assertThat(permissions.allowed()).containsExactlyInAnyOrder("rebuild r", "drop d");
        assertThat(permissions.problems())
                .containsExactly("'" + text + "' is no permission; allowed are " + TablePermissions.GRAMMAR);
    }

    @Test
    void nothingIsAllowedByNothing() {
        assertThat(TablePermissions.parse(null)).isEqualTo(TablePermissions.NONE);
        assertThat(TablePermissions.parse(" ; ")).isEqualTo(TablePermissions.NONE);
    }
}

package io.shardeddb.router.http.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowTargetTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/tables/t/rows | ROWS | t | []",
                "/v1/tables/t/rows/ | ROWS | t | []",
                "/v1/tables/t/rows?limit=1 | ROWS | t | []",
                "/v1/tables/t/rows?key=1&key=b%2Cc&columns=x | ROWS | t | [1, b,c]",
                "/v1/tables/t/rows?k%65y=1;columns=x | ROWS | t | [1]",
                "/v1/tables/t/rows?key | ROWS | t | []",
                "/v1/tables/t/rows/1 | ROW | t | [1]",
                "/v1/tables/t/rows/1/ | ROW | t | [1]",
                "/v1/tables/t/rows/1?key=2 | ROW | t | [1]",
                "/v1/tables/t/rows/1? | ROW | t | [1]",
                "/v1/tables/t/rows/1#part | ROW | t | [1]",
                "/v1/tables/%c3%a4%20t/rows/a%2Fb+c | ROW | ä t | [a/b+c]",
                "/v1/tables/rows/rows/rows | ROW | rows | [rows]",
                "/v1/tables/t/batch | BATCH | t | []",
                "http://host:5000/v1/tables/t/rows/1 | ROW | t | [1]",
            })
    void readsPathsOfRows(String uri, RowTarget.Shape shape, String table, String key) {
        RowTarget target = of(uri);
        assertThat(target.shape()).isEqualTo(shape);
        assertThat(target.table()).isEqualTo(table);
        assertThat(target.key().toString()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "",
                "*",
                "/v1/tables",
                "/v1/tables/",
                "/v1/tables/t",
                "/v1/tables/t/",
                "/v1/tables//rows",
                "/v1/tables/t/row",
                "/v1/tables/t/rows/1/2",
                "/v1/tables/t/batch/1",
                "/v1/tables/t/rowsx",
                "/v1/tables/t?a=/rows",
                "/v2/tables/t/rows",
                "/v1/tables/t/rows//",
                "http://host",
                "/write",
            })
    void leavesOtherPathsToOthers(String uri) {
        assertThat(RowTarget.parse(uri)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "%zz", "a%-1"})
    void refusesWrongPercentSigns(String key) {
        RowTarget inPath = of("/v1/tables/t/rows/" + key);
        assertThatThrownBy(inPath::key).isInstanceOf(DatabaseException.class).hasMessageContaining("hexadecimal");
        RowTarget inQuery = of("/v1/tables/t/rows?key=" + key);
        assertThat(inQuery.namesKey()).isTrue();
        assertThatThrownBy(inQuery::key).isInstanceOf(DatabaseException.class).hasMessageContaining("hexadecimal");
    }

    @Test
    void aKeyDecidesWhetherOneRowIsMeant() {
        assertThat(named("/v1/tables/t/rows")).isFalse();
        assertThat(named("/v1/tables/t/rows?columns=a")).isFalse();
        assertThat(named("/v1/tables/t/rows?key=")).isTrue();
        assertThat(named("/v1/tables/t/rows/1")).isTrue();
    }

    private static RowTarget of(String uri) {
        return Objects.requireNonNull(RowTarget.parse(uri), uri);
    }

    private static boolean named(String uri) {
        RowTarget target = RowTarget.parse(uri);
        return target != null && target.namesKey();
    }

    @Test
    void keepsThePathForMessages() {
        RowTarget target = of("/v1/tables/t/rows/1?columns=a,b");
        assertThat(target.path()).isEqualTo("/v1/tables/t/rows/1");
        assertThat(target.parameter("columns")).isEqualTo(List.of("a,b"));
    }
}

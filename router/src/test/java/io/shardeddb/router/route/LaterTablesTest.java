package io.shardeddb.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaterTablesTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    INT;               INT;               true
                    INT;               BIGINT;            true
                    SMALLINT;          Number;            true
                    Number;            BIGINT;            true
                    BIGINT;            Number;            true
                    BIGINT;            INT;               false
                    Number;            INT;               false
                    INT;               BIGINT UNSIGNED;   false
                    INT UNSIGNED;      BIGINT;            false
                    INT UNSIGNED;      BIGINT UNSIGNED;   true
                    BIGINT UNSIGNED;   INT UNSIGNED;      false
                    VARCHAR(10);       VARCHAR(11);       true
                    VARCHAR(10);       VARCHAR(9);        false
                    VARCHAR(10);       String;            true
                    String;            VARCHAR(254);      false
                    CHAR(10);          CHAR(11);          false
                    CHAR(10);          VARCHAR(10);       false
                    VARCHAR(10);       TEXT;              false
                    VARBINARY(10);     VARBINARY(20);     true
                    VARBINARY(20);     VARBINARY(10);     false
                    BINARY(10);        BINARY(20);        false
                    FLOAT;             DOUBLE;            false
                    BOOLEAN;           INT;               false
                    TIME(3);           TIME(3);           true
                    TIME(3);           TIME(6);           false
                    """)
    void widerTypesHoldAllValuesAndWriteThemAlike(String before, String now, boolean same) {
        assertThat(LaterTables.isSameOrWider(ColumnType.parse(before), ColumnType.parse(now)))
                .isEqualTo(same);
    }

    private static TableDefinition table(String... columns) {
        return new TableDefinition(
                "T",
                Arrays.stream(columns)
                        .map(name -> new ColumnDefinition(name, ColumnType.parse("INT"), !name.equals("id")))
                        .toList(),
                List.of("id"),
                "id");
    }

    @Test
    void columnsKeepTheirPlacesInTheRow() {
        TableDefinition before = table("a", "id", "b", "c");
        Projection later =
                LaterTables.projection(Projection.of(before, List.of(3, 0)), before, table("id", "a", "c", "new"));
        assertThat(later.wanted()).containsExactly(2, 1);
        assertThat(later.fetched()).containsExactly(2, 1, 0);
        assertThat(later.key()).containsExactly(2);
    }

    @Test
    void saysWhichColumnWent() {
        TableDefinition before = table("id", "a", "b");
        assertThatThrownBy(() -> LaterTables.projection(Projection.all(before), before, table("id", "b")))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SCHEMA_CHANGED))
                .hasMessageContaining("table T")
                .hasMessageContaining("column a");
    }
}

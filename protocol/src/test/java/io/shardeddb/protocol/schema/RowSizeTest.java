package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RowSizeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Number           | 8   | 8",
                "TINYINT          | 1   | 1",
                "SMALLINT         | 2   | 2",
                "MEDIUMINT        | 3   | 3",
                "INT UNSIGNED     | 4   | 4",
                "BIGINT           | 8   | 8",
                "BOOLEAN          | 1   | 1",
                "DECIMAL(10,2)    | 5   | 5",
                "DECIMAL(65,30)   | 30  | 30",
                "DECIMAL(1,0)     | 1   | 1",
                "DECIMAL(9,9)     | 4   | 4",
                "DATE             | 3   | 3",
                "TIME(3)          | 5   | 5",
                "DATETIME(6)      | 8   | 8",
                "TIMESTAMP        | 4   | 4",
                "BINARY(255)      | 255 | 255",
                "VARBINARY(255)   | 256 | 256",
                "VARBINARY(256)   | 41  | 258",
                "CHAR(63)         | 253 | 253",
                "CHAR(64)         | 41  | 258",
                "VARCHAR(40)      | 161 | 161",
                "VARCHAR(64)      | 41  | 258",
                "String           | 41  | 1022",
                "VARCHAR(767)     | 41  | 3070",
            })
    void countsTheLongestValue(String type, int bytes, int asKey) {
        assertThat(RowSize.inlineBytes(ColumnType.parse(type), false)).isEqualTo(bytes);
        assertThat(RowSize.inlineBytes(ColumnType.parse(type), true)).isEqualTo(asKey);
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT,4",
        "DOUBLE,8",
        "TINYTEXT,41",
        "TEXT,41",
        "LONGTEXT,41",
        "TINYBLOB,41",
        "MEDIUMBLOB,41",
        "JSON,41"
    })
    void countsTypesThatNoKeyHas(String type, int bytes) {
        assertThat(RowSize.inlineBytes(ColumnType.parse(type), false)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"VARCHAR(40),true,50", "VARCHAR(64),false,197", "VARCHAR(64),true,196"})
    void findsHowManyColumnsFitBesideAKey(String type, boolean nullable, int most) {
        assertThat(RowSize.inlineBytes(columns(type, nullable, most), List.of("k"), List.of()))
                .isLessThanOrEqualTo(RowSize.MAX_INLINE_BYTES);
        assertThat(RowSize.inlineBytes(columns(type, nullable, most + 1), List.of("k"), List.of()))
                .isGreaterThan(RowSize.MAX_INLINE_BYTES);
    }

    /** {@code LargeRowsIT} changes such rows on a real database. */
    @ParameterizedTest
    @CsvSource({"VARCHAR(760),5", "VARCHAR(190),19", "String,14"})
    void findsHowManyLongColumnsMayBeIndexed(String type, int most) {
        assertThat(undoBytes(type, most)).isLessThanOrEqualTo(RowSize.MAX_UNDO_BYTES);
        assertThat(undoBytes(type, most + 1)).isGreaterThan(RowSize.MAX_UNDO_BYTES);
    }

    private static int undoBytes(String type, int count) {
        List<ColumnDefinition> columns = columns(type, true, count);
        List<IndexDefinition> indexes = new ArrayList<>();
        for (ColumnDefinition column : columns.subList(1, columns.size())) {
            indexes.add(new IndexDefinition("by_" + column.name(), List.of(column.name())));
        }
        return RowSize.undoBytes(columns, List.of("k"), indexes);
    }

    private static List<ColumnDefinition> columns(String type, boolean nullable, int count) {
        List<ColumnDefinition> columns = new ArrayList<>();
        columns.add(new ColumnDefinition("k", ColumnType.parse("BIGINT"), false));
        for (int i = 0; i < count; i++) {
            columns.add(new ColumnDefinition("c" + i, ColumnType.parse(type), nullable));
        }
        return columns;
    }
}

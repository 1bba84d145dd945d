package io.shardeddb.server.store.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A column is known again as MariaDB and as MySQL tell it. */
class ColumnShapeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Number | bigint(20) | bigint",
                "BIGINT UNSIGNED | bigint(20) unsigned | bigint unsigned",
                "INT | int(11) | int",
                "TINYINT | tinyint(4) | tinyint",
                "BOOLEAN | tinyint(1) | tinyint(1)",
                "MEDIUMINT UNSIGNED | mediumint(8) unsigned | mediumint unsigned",
                "DECIMAL(10,2) | decimal(10,2) | decimal(10,2)",
                "DOUBLE | double | double",
                "VARBINARY(7) | varbinary(7) | varbinary(7)",
                "DATETIME(6) | datetime(6) | datetime(6)",
                "TIMESTAMP | timestamp | timestamp",
                "MEDIUMBLOB | mediumblob | mediumblob"
            })
    void knowsATypeAgain(String type, String mariaDb, String mySql) {
        ColumnShape wanted = ColumnShape.of(new ColumnDefinition("c", ColumnType.parse(type), true));
        assertThat(ColumnShape.ofCatalogue(mariaDb, "YES", null)).isEqualTo(wanted);
        assertThat(ColumnShape.ofCatalogue(mySql, "YES", null)).isEqualTo(wanted);
        assertThat(ColumnShape.ofCatalogue(mySql, "NO", null)).isNotEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({"String,varchar(255)", "VARCHAR(40),varchar(40)", "CHAR(3),char(3)", "JSON,longtext", "TEXT,text"})
    void knowsTextAgainByItsCollationToo(String type, String told) {
        ColumnShape wanted = ColumnShape.of(new ColumnDefinition("c", ColumnType.parse(type), false));
        assertThat(ColumnShape.ofCatalogue(told, "NO", "utf8mb4_bin")).isEqualTo(wanted);
        assertThat(ColumnShape.ofCatalogue(told, "NO", "latin1_swedish_ci")).isNotEqualTo(wanted);
    }

    @Test
    void tellsOtherTypesApart() {
        ColumnShape wanted = ColumnShape.of(new ColumnDefinition("c", ColumnType.parse("VARCHAR(40)"), true));
        assertThat(ColumnShape.ofCatalogue("varchar(41)", "YES", "utf8mb4_bin")).isNotEqualTo(wanted);
        assertThat(wanted).hasToString("varchar(40) NULL COLLATE utf8mb4_bin");
    }
}

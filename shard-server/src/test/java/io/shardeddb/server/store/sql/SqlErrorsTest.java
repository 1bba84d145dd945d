package io.shardeddb.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is the definition's fault, and what is the environment's. */
class SqlErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "1118, 42000, longer than the database can store",
        "1071, 42000, primary key",
        "1074, 42000, a column of table t",
        "1117, HY000, more columns",
        "1117, 42000, more columns",
        "1166, 42000, keeps for itself",
        "1064, 42000, error 1064"
    })
    void aTableThatNoDatabaseOfItsKindCanMakeIsRefusedInOurWords(int number, String state, String words) {
        assertThat(SqlErrors.refusal(new SQLException("the engine's text", state, number), "t"))
                .contains(words)
                .contains("table t")
                .doesNotContain("engine's text");
    }

    @ParameterizedTest
    @CsvSource({
        // Lock time-out, deadlock, interrupted, full disk, full table, error of the storage, read only.
        "1205, HY000",
        "1205, 40001",
        "1213, 40001",
        "1317, 70100",
        "1021, HY000",
        "1114, HY000",
        "1030, HY000",
        "1290, HY000",
        // Rights, and what is missing though it was there.
        "1142, 42000",
        "1227, 42000",
        "1049, 42000",
        "1146, 42S02",
        // A statement that was given up has come through.
        "1050, 42S01",
        "1060, 42S21",
        "1091, 42000",
        // No answer at all.
        "0, 08S01"
    })
    void anEnvironmentThatFailsRefusesNothing(int number, String state) {
        assertThat(SqlErrors.refusal(new SQLException("the engine's text", state, number), "t"))
                .isNull();
    }
}

package io.shardeddb.cli.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ExpectedTest {

    private final Expected expected = new Expected();

    @Test
    void acceptsExactlyTheAcknowledgedRows() {
        expected.acknowledged(new Student(1, "a", 1));
        expected.acknowledged(new Student(1, "a", 2));
        assertThat(expected.differences(Map.of(1L, new Student(1, "a", 2)))).isEmpty();
    }

    @Test
    void findsAMissingRow() {
        expected.acknowledged(new Student(1, "a", 1));
        assertThat(expected.differences(Map.of())).singleElement().asString().contains("missing");
    }

    @Test
    void findsARowThatWentBackInTime() {
        expected.acknowledged(new Student(1, "a", 1));
        expected.acknowledged(new Student(1, "a", 2));
        assertThat(expected.differences(Map.of(1L, new Student(1, "a", 1)))).hasSize(1);
    }

    @Test
    void acceptsAnUnsettledWriteOnlyUntilALaterOneIsAcknowledged() {
        Student unsettled = new Student(1, "a", 2);
        expected.acknowledged(new Student(1, "a", 1));
        expected.unsettled(unsettled);
        assertThat(expected.differences(Map.of(1L, unsettled))).isEmpty();
        assertThat(expected.differences(Map.of(1L, new Student(1, "a", 1)))).isEmpty();
        expected.acknowledged(new Student(1, "a", 3));
        assertThat(expected.differences(Map.of(1L, unsettled))).hasSize(1);
    }

    @Test
    void knowsTheHighestMarksOfAcknowledgedAndUnsettledRows() {
        assertThat(expected.highestMarks()).isEqualTo(-1);
        expected.acknowledged(new Student(1, "a", 7));
        expected.acknowledged(new Student(2, "a", 3));
        assertThat(expected.highestMarks()).isEqualTo(7);
        expected.unsettled(new Student(2, "a", 9));
        assertThat(expected.highestMarks()).isEqualTo(9);
    }

    @Test
    void findsARowThatNobodyWrote() {
        assertThat(expected.differences(Map.of(5L, new Student(5, "x", 0))))
                .singleElement()
                .asString()
                .contains("never written");
    }
}

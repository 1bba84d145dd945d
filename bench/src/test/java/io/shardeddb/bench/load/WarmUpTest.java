package io.shardeddb.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    private final WarmUp.Rest rest = new WarmUp.Rest(new WarmUp(5, 0.1, 2, 60));

    @Test
    void endsAfterWindowsInARowWithoutCompiling() {
        assertThat(rest.ends(0.9, 5)).isFalse();
        assertThat(rest.ends(0.05, 10)).isFalse();
        assertThat(rest.ends(0.5, 15))
                .as("a pause of the compilers is not their rest")
                .isFalse();
        assertThat(rest.ends(0.09, 20)).isFalse();
        assertThat(rest.ends(0.0, 25)).isTrue();
    }

    @Test
    void endsWhenItHasTakenTooLong() {
        assertThat(rest.ends(0.9, 59)).isFalse();
        assertThat(rest.ends(0.9, 60)).isTrue();
    }

    @Test
    void compilersOfThisProcessHaveWorkedAndThoseOfNoProcessHaveNot() {
        assertThat(CompilerTime.seconds(List.of(ProcessHandle.current().pid()))).isPositive();
        assertThat(CompilerTime.seconds(List.of())).isZero();
        assertThat(CompilerTime.seconds(List.of(Long.MAX_VALUE))).isZero();
    }
}

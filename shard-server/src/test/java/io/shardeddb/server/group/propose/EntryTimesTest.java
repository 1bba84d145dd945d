package io.shardeddb.server.group.propose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntryTimesTest {

    private static final long MILLI = 1_000_000;
    private static final long START = 5_000_000_000_000L;

    private final EntryTimes times = new EntryTimes();

    @Test
    void tellsHowLongCommitsTookFromTheirProposal() {
        times.proposed(7, START);
        times.proposed(8, START + 2 * MILLI);
        times.proposed(9, START + 4 * MILLI);

        times.committedTo(8, START + 10 * MILLI);

        assertThat(times.commits(START + 10 * MILLI).count()).isEqualTo(2);
        assertThat(times.commits(START + 10 * MILLI).high()).isEqualTo(10 * MILLI);
        assertThat(times.commits(START + 10 * MILLI).median()).isEqualTo(8 * MILLI);
    }

    @Test
    void tellsNothingOfCommitsThatAreLongAgoOrOfAnotherTerm() {
        times.proposed(7, START);
        times.committedTo(7, START + MILLI);
        assertThat(times.commits(START + EntryTimes.RECENT_NANOS).count()).isEqualTo(1);
        assertThat(times.commits(START + MILLI + EntryTimes.RECENT_NANOS + 1).count())
                .isZero();

        times.proposed(8, START + 2 * MILLI);
        times.forget();
        times.committedTo(8, START + 3 * MILLI);
        assertThat(times.commits(START + 3 * MILLI).count()).isZero();
    }

    @Test
    void tellsSinceWhenAPeerLacksEntries() {
        for (int index = 1; index <= 100; index++) {
            times.proposed(index, START + index * MILLI);
            times.committedTo(index, START + index * MILLI);
        }
        long now = START + 200 * MILLI;
        assertThat(times.lag(100, now)).isZero();
        assertThat(times.lag(99, now)).isEqualTo(100 * MILLI);
        assertThat(times.lag(39, now)).isEqualTo(160 * MILLI);
        assertThat(times.lag(0, now)).isEqualTo(199 * MILLI);
    }

    @Test
    void remembersFarBackWithLittle() {
        int entries = 1_000_000;
        for (int index = 1; index <= entries; index++) {
            times.proposed(index, START + index * MILLI);
            times.committedTo(index - 1L, START + index * MILLI);
        }
        long now = START + entries * MILLI;
        // A millisecond each: what is told is the age of the next entry that is remembered.
        for (long behind : new long[] {1, 10, 1_000, 100_000, 999_999}) {
            long told = times.lag(entries - behind, now) / MILLI;
            assertThat(told).as("%d entries behind", behind).isBetween(behind - 1 - entries / 256, behind - 1);
        }
    }
}

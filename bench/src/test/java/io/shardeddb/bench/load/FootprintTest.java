package io.shardeddb.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FootprintTest {

    @Test
    void addsUpWhatProcessesHold() {
        long self = ProcessHandle.current().pid();

        Footprint one = Footprint.of(List.of(self));
        Footprint two = Footprint.of(List.of(self, self));

        assertThat(one.residentBytes()).isGreaterThan(10L << 20);
        assertThat(one.threads()).isGreaterThan(3);
        assertThat(two.residentBytes()).isGreaterThan(one.residentBytes() * 3 / 2);
        assertThat(two.threads()).isGreaterThan(one.threads());
    }

    @Test
    void countsNothingForProcessesThatAreGone() {
        assertThat(Footprint.of(List.of(Long.MAX_VALUE / 2))).isEqualTo(new Footprint(0, 0));
    }
}

package io.shardeddb.protocol.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyspaceTest {

    @Test
    void hashIsThePublishedOneForEver() throws IOException {
        String golden;
        try (InputStream in = Objects.requireNonNull(KeyspaceTest.class.getResourceAsStream("/golden/hash64.txt"))) {
            golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String line : golden.lines().skip(1).toList()) {
            int bar = line.indexOf(" | ");
            byte[] text = line.substring(0, bar).getBytes(StandardCharsets.UTF_8);
            assertThat(Long.toHexString(Hash64.of(text))).as(line).isEqualTo(line.substring(bar + 3));
        }
    }

    @Test
    void positionsNeverChange() {
        assertThat(Positions.of(new Value.Int64(-5), Strategy.RANGE)).isEqualTo(-5);
        assertThat(Positions.of(new Value.Unsigned64(0), Strategy.RANGE)).isEqualTo(Long.MIN_VALUE);
        assertThat(Positions.of(new Value.Unsigned64(-1), Strategy.RANGE)).isEqualTo(Long.MAX_VALUE);
        assertThat(Positions.of(new Value.Int64(2255), Strategy.HASH))
                .isEqualTo(Hash64.of(new byte[] {1, (byte) 0x9e, 0x23}));
        assertThatThrownBy(() -> Positions.of(Value.NULL, Strategy.HASH)).hasMessageContaining("NULL");
        assertThatThrownBy(() -> Positions.of(new Value.Text("a"), Strategy.RANGE))
                .hasMessageContaining("integer");
    }

    @Test
    void unsignedPositionsKeepTheOrderOfTheKeys() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long a = random.nextLong();
            long b = random.nextLong();
            assertThat(Integer.signum(Long.compare(
                            Positions.of(new Value.Unsigned64(a), Strategy.RANGE),
                            Positions.of(new Value.Unsigned64(b), Strategy.RANGE))))
                    .isEqualTo(Integer.signum(Long.compareUnsigned(a, b)));
            assertThat(Positions.ofKeyText(Positions.keyText(a, true), true)).isEqualTo(a);
        }
    }

    @Test
    void coverLeavesNoGapAndNoOverlap() {
        for (int count : new int[] {1, 2, 3, 4, 7, 1000}) {
            List<Interval> intervals = Interval.cover(count);
            assertThat(intervals).hasSize(count);
            assertThat(intervals.getFirst().from()).isEqualTo(Long.MIN_VALUE);
            assertThat(intervals.getLast().to()).isNull();
            for (int i = 1; i < count; i++) {
                assertThat(intervals.get(i - 1).to()).isEqualTo(intervals.get(i).from());
                assertThat(intervals.get(i).overlaps(intervals.get(i - 1))).isFalse();
            }
        }
    }

    @Test
    void theLargestPositionCanBeOwned() {
        Interval open = Interval.ofSize(Long.MAX_VALUE, 1);
        assertThat(open.contains(Long.MAX_VALUE)).isTrue();
        assertThat(open.contains(Long.MAX_VALUE - 1)).isFalse();
        assertThat(Interval.ofWire(open.toWire())).isEqualTo(open);
    }

    @Test
    void anIntervalIsHalfOpen() {
        Interval interval = Interval.ofSize(4096, 4096);
        assertThat(interval.contains(4095)).isFalse();
        assertThat(interval.contains(4096)).isTrue();
        assertThat(interval.contains(8191)).isTrue();
        assertThat(interval.contains(8192)).isFalse();
        assertThat(interval.last()).isEqualTo(8191);
        assertThat(Interval.ofWire(interval.toWire())).isEqualTo(interval);
        assertThatThrownBy(() -> new Interval(5, 5L)).hasMessageContaining("above its start");
    }
}

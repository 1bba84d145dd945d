package io.shardeddb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shardeddb.bench.load.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class ResultTest {

    private static final Work INSERTS = promised("single-row inserts, 32 clients");
    private static final Work LATENCY = promised("single-row insert, 1 client");

    private static Sample sample(Work work, String contender, int round, long operations, long micros) {
        Histogram latencies = new Histogram(1_000_000, 3);
        latencies.recordValueWithCount(micros, operations);
        return new Sample(
                work.name(),
                contender,
                round,
                new Measurement(operations, operations, 1, latencies, 0, null),
                Map.of());
    }

    @Test
    void takesTheMedianOfTheRoundsOwnRatios() {
        List<Sample> samples = new ArrayList<>();
        long[] ours = {100, 300, 900};
        long[] peer = {100, 100, 100};
        for (int round = 0; round < 3; round++) {
            samples.add(sample(INSERTS, "ours", round, ours[round], 10));
            samples.add(sample(INSERTS, "peer", round, peer[round], 10));
        }
        Result result = Result.of(INSERTS, samples, "ours", "peer", null);
        assertThat(result.ratio()).isEqualTo(3);
        assertThat(result.ratioMin()).isEqualTo(1);
        assertThat(result.ratioMax()).isEqualTo(9);
        assertThat(result.ours()).isEqualTo(300);
        assertThat(result.met()).isTrue();
    }

    @Test
    void makesLargerBetterForLatenciesToo() {
        List<Sample> samples = List.of(sample(LATENCY, "ours", 0, 10, 2_000), sample(LATENCY, "peer", 0, 10, 1_000));
        Result result = Result.of(LATENCY, samples, "ours", "peer", null);
        assertThat(result.ratio()).isCloseTo(0.5, within(0.01));
        assertThat(result.met()).isTrue();
        assertThat(LATENCY.floor()).isEqualTo(0.4);
    }

    @Test
    void keepsALimitOnlyWhenTheWorstRoundDoes() {
        Result hidden = Result.ofLimit("failover", List.of(0.15, 6.0, 0.17), 3, 1, null);
        assertThat(hidden.ours()).isEqualTo(6);
        assertThat(hidden.ratio()).isEqualTo(0.5);
        assertThat(hidden.ratioMax()).isEqualTo(20);
        assertThat(hidden.met()).isFalse();
        assertThat(Result.ofLimit("failover", List.of(3.0), 3, 1, null).met()).isTrue();
    }

    @Test
    void refusesRoundsThatDoNotMatch() {
        assertThatThrownBy(() -> Result.of(INSERTS, List.of(sample(INSERTS, "ours", 0, 1, 1)), "ours", "peer", null))
                .hasMessageContaining("same rounds");
    }

    @Test
    void knowsTheMiddleOfEvenlyManyValues() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4));
    }

    private static Work promised(String name) {
        return Work.promised(1).stream()
                .filter(work -> work.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

package io.shardeddb.router.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatestTopologyTest {

    private static Topology topology(boolean timestampService) {
        return new Topology(new DatabaseSchema(1, Strategy.RANGE, List.of()), List.of(), List.of(), timestampService);
    }

    @Test
    void wakesEachWhoWaitsWithTheFirstThatFulfilsHisCondition() {
        LatestTopology latest = new LatestTopology();
        latest.publish(topology(false));
        Duration patience = Duration.ofMinutes(1);
        List<CompletableFuture<Topology>> waiting = IntStream.range(0, 20_000)
                .mapToObj(i -> latest.await(Topology::timestampService, patience))
                .toList();
        CompletableFuture<Topology> met = latest.await(next -> !next.timestampService(), patience);
        assertThat(met).isCompleted();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        latest.publish(topology(true));
        latest.publish(topology(false));
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(waiting.getFirst().join().timestampService()).isTrue();
    }

    @Test
    void takesNoticeWhenOnlyTheTimestampsModeChanges() {
        LatestTopology latest = new LatestTopology();
        List<Boolean> told = new ArrayList<>();
        latest.publish(topology(false));
        latest.listen(topology -> told.add(topology.timestampService()));
        latest.publish(topology(true));
        latest.publish(topology(true));
        latest.publish(topology(false));
        assertThat(told).containsExactly(false, true, false);
        assertThat(latest.current().timestampService()).isFalse();
    }
}

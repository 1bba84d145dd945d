package io.shardeddb.router.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestTopologyTest {

    private static Topology topology(boolean timestampService) {
        return new Topology(new DatabaseSchema(1, Strategy.RANGE, List.of()), List.of(), List.of(), timestampService);
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

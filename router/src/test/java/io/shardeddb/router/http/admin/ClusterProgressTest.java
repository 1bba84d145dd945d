package io.shardeddb.router.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.shardeddb.crds.ServerStatus;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.router.topology.ServerEntry;
import io.shardeddb.router.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterProgressTest {

    private static final long GENERATION = 4;

    private final ShardedDatabaseSpec wanted = SpecEdits.add(
                    SpecEditsTest.empty(),
                    ClusterRequest.parse(
                            "{\"n\":2,\"servers\":{\"Server0\":[],\"Server1\":[]}}".getBytes(StandardCharsets.UTF_8)),
                    Set.of(),
                    bound -> 0)
            .spec();

    @Test
    void waitsForTheOperatorToSeeTheChange() {
        assertThat(pending(GENERATION - 1, "True", topology("Server0", "Server1"), "Server0", "Server1"))
                .isEqualTo("the operator has not taken up the change yet");
    }

    @Test
    void waitsForReady() {
        assertThat(pending(GENERATION, "False", topology("Server0", "Server1"), "Server0", "Server1"))
                .isEqualTo("why");
    }

    @Test
    void waitsForServersThatComeAndServersThatGo() {
        assertThat(pending(GENERATION, "True", topology("Server0"), "Server0")).contains("[Server0, Server1]");
        assertThat(pending(
                        GENERATION, "True", topology("Server0", "Server1", "Server2"), "Server0", "Server1", "Server2"))
                .contains("leaving [Server2]");
    }

    @Test
    void waitsForTheRouterToKnow() {
        assertThat(pending(GENERATION, "True", topology("Server0"), "Server0", "Server1"))
                .isEqualTo("the router has not learned of the change yet");
    }

    @Test
    void isDoneWhenAllAgree() {
        assertThat(pending(GENERATION, "True", topology("Server1", "Server0"), "Server0", "Server1"))
                .isNull();
    }

    private @Nullable String pending(long observed, String ready, Topology known, String... servers) {
        ShardedDatabase database = new ShardedDatabase();
        database.setSpec(wanted);
        database.setStatus(new ShardedDatabaseStatus(
                observed,
                List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withStatus(ready)
                        .withMessage("why")
                        .build()),
                null,
                null,
                Stream.of(servers)
                        .map(name -> new ServerStatus(name, name, "Ready", List.of(), null))
                        .toList(),
                servers.length,
                servers.length,
                0,
                0,
                1,
                null,
                null,
                null,
                null,
                null,
                null,
                null));
        return ClusterProgress.pending(database, GENERATION, wanted, known);
    }

    private static Topology topology(String... servers) {
        return new Topology(
                new DatabaseSchema(0, Strategy.RANGE, List.of()),
                List.of(),
                Stream.of(servers).map(name -> new ServerEntry(name, List.of())).toList());
    }
}

package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DefineSchemaRequest;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.group.apply.PortionEndTest;
import io.shardeddb.server.log.ConfigurationCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Definitions and what else the server's own entries may be, over whole servers. */
final class DefinitionsIT {
    private final List<InMemoryStores> stores =
            Stream.generate(InMemoryStores::new).limit(3).toList();
    private final Cluster cluster;

    DefinitionsIT(@TempDir Path folder) throws IOException {
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private ControlReply define(int server, SchemaDefinition schema) {
        return cluster.control(server)
                .defineSchema(DefineSchemaRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setSchema(schema)
                        .setTimeoutMillis(5000)
                        .build());
    }

    /** However often it is asked: a log that grows by every try would end up full of them. */
    @Test
    void whatIsBoundToBeRefusedLeavesNoEntry() {
        cluster.bootstrap();
        cluster.write(0, 0, 3);
        long before = cluster.status(0).getLastIndex();
        SchemaDefinition.Builder next = Cluster.SCHEMA.toBuilder().setVersion(2);
        SchemaDefinition misspelt = next.clone()
                .setTables(
                        0,
                        next.getTables(0).toBuilder()
                                .setColumns(
                                        1,
                                        next.getTables(0).getColumns(1).toBuilder()
                                                .setType("VARCHR(40)")))
                .build();
        SchemaDefinition dropped = next.clone().clearTables().build();
        SchemaDefinition other = Cluster.SCHEMA.toBuilder().clearTables().build();

        for (SchemaDefinition bad : List.of(misspelt, dropped, other)) {
            assertThat(define(0, bad).getError().getCode()).isEqualTo("INVALID_SCHEMA");
        }

        assertThat(cluster.status(0).getLastIndex()).isEqualTo(before);
        Cluster.require(define(0, Cluster.SCHEMA));
    }

    /** To pass over what a newer version has logged would make this copy differ from the others without a word. */
    @Test
    void stopsInFrontOfACommandThatItDoesNotKnow() {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 5);
        long before = cluster.status(leader).getLastIndex();

        var _ = new GroupControl(cluster.server(leader).runtime())
                .propose(ConfigurationCodec.groupId(Cluster.GROUP), PortionEndTest.UNKNOWN.toBuilder(), 1000);

        Awaitility.await("all of them stop, and say why")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(IntStream.range(0, 3).mapToObj(cluster::status))
                        .allSatisfy(status -> {
                            assertThat(status.getState()).isEqualTo(ReplicaState.STALLED);
                            assertThat(status.getReason()).contains("does not know");
                            assertThat(status.getAppliedIndex()).isGreaterThanOrEqualTo(before);
                            assertThat(status.getAppliedIndex()).isLessThan(status.getCommitIndex());
                        }));
        assertThat(cluster.read(leader, ReadLevel.EVENTUAL).getRowsCount()).isEqualTo(5);
    }

    /** It takes as long as there are rows, and on every member: to hand the leadership round would help nobody. */
    @Test
    void whileTablesAreChangedTheLeaderStaysAndSaysSo() {
        cluster.threeVoters();
        int leader = cluster.leader();
        long term = cluster.status(leader).getTerm();
        CountDownLatch gate = new CountDownLatch(1);
        stores.forEach(store -> store.holdDefinitions(gate));
        SchemaDefinition next = Cluster.SCHEMA.toBuilder().setVersion(2).build();
        CompletableFuture<ControlReply> defined = CompletableFuture.supplyAsync(() -> define(leader, next));

        Awaitility.await("all of them say what they do")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(IntStream.range(0, 3).mapToObj(cluster::status))
                        .allSatisfy(status -> {
                            assertThat(status.getState()).isEqualTo(ReplicaState.HEALTHY);
                            assertThat(status.getReason())
                                    .matches("the tables of version 2 are being made, for ([3-9]|\\d\\d) s so far");
                        }));

        long last = cluster.status(leader).getLastIndex();
        ControlReply again = define(leader, next);
        assertThat(again.getError().getCode()).isEqualTo("OUTCOME_UNKNOWN");
        assertThat(again.getError().getMessage()).contains("are being made");
        assertThat(cluster.status(leader).getLastIndex()).isEqualTo(last);
        assertThat(cluster.leader()).isEqualTo(leader);
        assertThat(cluster.status(leader).getTerm()).isEqualTo(term);

        gate.countDown();
        var _ = defined.join();
        Awaitility.await("they go on")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(IntStream.range(0, 3).mapToObj(cluster::status))
                        .allSatisfy(status -> {
                            assertThat(status.getSchemaVersion()).isEqualTo(2);
                            assertThat(status.getReason()).isEmpty();
                        }));
    }

    /**
     * Tables that are told in force rest on the voters that have made them. A learner that has not made them yet, and
     * gets a vote, could help to elect a leader under which they are refused.
     */
    @Test
    void aLearnerGetsNoVoteBeforeItHasMadeTheTables() {
        GroupMember first = cluster.bootstrap();
        GroupMember second = cluster.prepare(1);
        cluster.change(GroupConfiguration.newBuilder().addVoters(first).addLearners(second));
        awaitAppliedBySecond(cluster.status(0).getCommitIndex());
        // Its log goes on and its tables do not: the promotion is asked for, and waits for the rows of that moment.
        stores.get(1).setRefusingEntries(true);
        cluster.write(0, 0, 3);
        long asked = cluster.status(0).getCommitIndex();
        Awaitility.await("its log has them")
                .atMost(Duration.ofSeconds(20))
                .until(() -> cluster.status(1).getLastIndex() == asked);
        assertThat(promoteSecond(first, second)).isEqualTo("NOT_CAUGHT_UP");
        CountDownLatch gate = new CountDownLatch(1);
        stores.get(1).holdDefinitions(gate);
        Cluster.require(define(0, Cluster.SCHEMA.toBuilder().setVersion(2).build()));
        stores.get(1).setRefusingEntries(false);
        awaitAppliedBySecond(asked);
        try {
            Awaitility.await("it has the rows and not the tables")
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> promoteSecond(first, second).equals("NOT_CAUGHT_UP"));
        } finally {
            gate.countDown();
        }
        cluster.change(GroupConfiguration.newBuilder().addVoters(first).addVoters(second));
        assertThat(cluster.status(1).getSchemaVersion()).isEqualTo(2);
    }

    private void awaitAppliedBySecond(long index) {
        Awaitility.await("the learner has applied " + index)
                .atMost(Duration.ofSeconds(20))
                .until(() -> cluster.status(1).getAppliedIndex() >= index);
    }

    /** The error that one attempt ends with; empty: none. */
    private String promoteSecond(GroupMember first, GroupMember second) {
        return cluster.control(0)
                .changeMembership(ChangeMembershipRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setExpectedConfigurationIndex(cluster.status(0).getConfigurationIndex())
                        .setTarget(
                                GroupConfiguration.newBuilder().addVoters(first).addVoters(second))
                        .setTimeoutMillis(5000)
                        .build())
                .getError()
                .getCode();
    }

    /** A definition by rules of a newer version would make other tables there than here. */
    @Test
    void stopsInFrontOfADefinitionByRulesThatItDoesNotKnow() {
        cluster.threeVoters();
        int leader = cluster.leader();
        SchemaDefinition later =
                Cluster.SCHEMA.toBuilder().setVersion(2).setRules(4).build();
        assertThat(define(leader, later).getError().getMessage()).contains("knows those up to 3");

        var _ = new GroupControl(cluster.server(leader).runtime())
                .propose(
                        ConfigurationCodec.groupId(Cluster.GROUP),
                        LoggedCommand.newBuilder().setDefineSchema(later),
                        1000);

        Awaitility.await("all of them stop, and say why")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(IntStream.range(0, 3).mapToObj(cluster::status))
                        .allSatisfy(status -> {
                            assertThat(status.getState()).isEqualTo(ReplicaState.STALLED);
                            assertThat(status.getReason()).contains("does not know");
                            assertThat(status.getSchemaVersion()).isEqualTo(1);
                        }));
    }
}

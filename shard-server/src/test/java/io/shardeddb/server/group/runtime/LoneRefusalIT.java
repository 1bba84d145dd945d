package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DefineSchemaRequest;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.server.group.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases of one shard that differ in which tables they can make. */
final class LoneRefusalIT {
    private static final SchemaDefinition NEXT =
            Cluster.SCHEMA.toBuilder().setVersion(2).build();
    private final List<InMemoryStores> stores =
            Stream.generate(InMemoryStores::new).limit(3).toList();
    private final Cluster cluster;

    LoneRefusalIT(@TempDir Path folder) throws IOException {
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private ControlReply define() {
        return cluster.control(cluster.leader())
                .defineSchema(DefineSchemaRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setSchema(NEXT)
                        .setTimeoutMillis(8000)
                        .build());
    }

    private void await(Runnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion::run);
    }

    private void awaitVersions(long... versions) {
        await(() -> assertThat(
                        IntStream.range(0, 3).mapToLong(i -> cluster.status(i).getSchemaVersion()))
                .containsExactly(
                        IntStream.range(0, 3).mapToObj(i -> versions[i]).toArray(Long[]::new)));
    }

    private void assertStalled(int server) {
        await(() -> {
            ReplicaStatus status = cluster.status(server);
            assertThat(status.getState()).isEqualTo(ReplicaState.STALLED);
            assertThat(status.getReason()).contains("engine error 4711");
        });
    }

    @Test
    void aFollowerThatRefusesAloneWaitsUntilItsDatabaseIsMended() throws IOException {
        List<GroupMember> members = cluster.threeVoters();
        int leader = cluster.leader();
        int lone = (leader + 1) % 3;
        stores.get(lone).refuseVersion(2);
        Cluster.require(define());
        assertStalled(lone);
        awaitVersions(IntStream.range(0, 3).mapToLong(i -> i == lone ? 1 : 2).toArray());

        // It leads for a moment: what the others have is not overruled, and one of them leads again.
        var _ = cluster.control(leader)
                .transferLeadership(TransferLeadershipRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setTarget(members.get(lone).getMember())
                        .setTimeoutMillis(5000)
                        .build());
        await(() -> {
            assertThat(cluster.status(lone).getTerm()).isGreaterThan(1);
            assertThat(cluster.leader()).isNotNegative().isNotEqualTo(lone);
        });
        awaitVersions(IntStream.range(0, 3).mapToLong(i -> i == lone ? 1 : 2).toArray());
        assertStalled(lone);

        stores.get(lone).refuseVersion(0);
        awaitVersions(2, 2, 2);
        await(() -> assertThat(cluster.status(lone).getState()).isEqualTo(ReplicaState.HEALTHY));
    }

    /** Refusing is quicker than making tables: what the others are still at may go well. */
    @Test
    void aLeaderThatRefusesAloneWaitsForTheOthersAndHandsOver() throws Exception {
        cluster.threeVoters();
        int lone = cluster.leader();
        stores.get(lone).refuseVersion(2);
        CountDownLatch making = new CountDownLatch(1);
        List<Integer> others =
                IntStream.range(0, 3).filter(i -> i != lone).boxed().toList();
        others.forEach(i -> stores.get(i).holdDefinitions(making));
        CompletableFuture<ControlReply> answer = CompletableFuture.supplyAsync(this::define);
        assertStalled(lone);
        long last = cluster.status(lone).getLastIndex();
        making.countDown();
        await(() -> others.forEach(
                i -> assertThat(cluster.status(i).getSchemaVersion()).isEqualTo(2)));
        await(() -> assertThat(cluster.leader()).isNotNegative().isNotEqualTo(lone));
        assertThat(answer.get(20, TimeUnit.SECONDS).getError().getCode()).isNotEqualTo("INVALID_SCHEMA");
        assertThat(cluster.status(lone).getSchemaVersion()).isEqualTo(1);
        assertThat(last)
                .as("nothing was decided")
                .isEqualTo(cluster.status(lone).getAppliedIndex() + 1);

        stores.get(lone).refuseVersion(0);
        awaitVersions(2, 2, 2);
    }

    @Test
    void aMajorityThatRefusesDecidesWithoutTheThird() throws IOException {
        cluster.threeVoters();
        int gone = (cluster.leader() + 1) % 3;
        cluster.stop(gone);
        IntStream.range(0, 3).forEach(i -> stores.get(i).refuseVersion(2));
        assertThat(define().getError().getCode()).isEqualTo("INVALID_SCHEMA");
        cluster.write(cluster.leader(), 0, 5);
        cluster.start(gone);
        await(() -> assertThat(IntStream.range(0, 3).mapToObj(cluster::status)).allSatisfy(status -> {
            assertThat(status.getState()).isEqualTo(ReplicaState.HEALTHY);
            assertThat(status.getSchemaVersion()).isEqualTo(1);
            assertThat(status.getAppliedIndex()).isEqualTo(status.getCommitIndex());
        }));
        cluster.requireEqualRows(cluster.leader(), 8000, 3, 5);
    }

    /** What one voter alone has made may still be refused: nobody may use it, and nothing behind it is answered. */
    @Test
    void tablesThatTheLeaderAloneHasMadeAreNotTold() throws Exception {
        cluster.threeVoters();
        int leader = cluster.leader();
        CountDownLatch making = new CountDownLatch(1);
        IntStream.range(0, 3)
                .filter(i -> i != leader)
                .forEach(i -> stores.get(i).holdDefinitions(making));
        CompletableFuture<ControlReply> answer = CompletableFuture.supplyAsync(this::define);
        await(() -> assertThat(cluster.status(leader).getAppliedIndex())
                .isEqualTo(cluster.status(leader).getLastIndex()));
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> {
                    assertThat(cluster.status(leader).getSchemaVersion()).isEqualTo(1);
                    assertThat(answer).isNotDone();
                });
        making.countDown();
        Cluster.require(answer.get(20, TimeUnit.SECONDS));
        awaitVersions(2, 2, 2);
    }

    /** Else its tables would be in force, and a later leader would refuse them with all that was written since. */
    @Test
    void aLeaderThatMadeTablesAloneIsOverruledBeforeAnybodyUsesThem() throws IOException {
        cluster.threeVoters();
        int lone = cluster.leader();
        List<Integer> others =
                IntStream.range(0, 3).filter(i -> i != lone).boxed().toList();
        others.forEach(i -> stores.get(i).refuseVersion(2));
        assertThat(define().hasError()).isTrue();
        await(() -> assertThat(others).allSatisfy(i -> {
            assertThat(cluster.status(i).getState()).isEqualTo(ReplicaState.HEALTHY);
            assertThat(cluster.status(i).getSchemaVersion()).isEqualTo(1);
            assertThat(cluster.status(i).getAppliedIndex())
                    .isEqualTo(cluster.status(i).getCommitIndex());
        }));
        await(() -> {
            assertThat(cluster.leader()).isNotNegative().isNotEqualTo(lone);
            assertThat(cluster.status(lone).getState()).isEqualTo(ReplicaState.RECOVERING);
            assertThat(cluster.status(lone).getReason()).contains("overruled");
        });
        cluster.write(cluster.leader(), 0, 5);
    }

    /** Trying again would find the same for ever: the others have what is gone here. */
    @Test
    void aCopyThatLacksWhatIsInForceIsCopiedAnew() throws IOException {
        cluster.threeVoters();
        int lone = (cluster.leader() + 1) % 3;
        stores.get(lone).damageAt(2);
        Cluster.require(define());
        await(() -> {
            assertThat(cluster.status(lone).getState()).isEqualTo(ReplicaState.RECOVERING);
            assertThat(cluster.status(lone).getReason()).contains("is missing");
        });
    }
}

package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.mysql.MySqlStoreFactory;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole servers, each over a database process of its own. */
final class MySqlServersIT {
    private static final Retention SHORT = new Retention(10, 20, 1 << 20, 30);

    private final List<MariaDbServer> databases = new ArrayList<>();
    private final Cluster cluster;

    MySqlServersIT(@TempDir Path folder) throws IOException {
        List<MySqlStoreFactory> stores = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            MariaDbServer database = MariaDbServer.start(Files.createDirectory(folder.resolve("d" + i)));
            databases.add(database);
            stores.add(new MySqlStoreFactory(
                    new DatabaseAddress(database.host(), database.port(), database.user(), ""), 8, 8));
        }
        cluster = new Cluster(folder, SHORT, stores);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
        for (MariaDbServer database : databases) {
            database.close();
        }
    }

    private void assertEqualRows(int leader, int members, long rows) {
        cluster.requireEqualRows(leader, 8000, members, rows);
    }

    @Test
    void copiesANewMemberWhenTheLogNoLongerReachesBack() {
        GroupMember first = cluster.bootstrap();
        cluster.write(0, 0, 120);
        Awaitility.await("purge")
                .atMost(Duration.ofSeconds(10))
                .until(() -> cluster.status(0).getFirstIndex() > 1);
        GroupMember second = cluster.prepare(1);
        cluster.grow(List.of(first, second), second);
        cluster.write(0, 120, 140);
        assertEqualRows(0, 2, 140);
        assertThat(cluster.status(1).getFirstIndex()).isGreaterThan(1);
        GroupMember third = cluster.prepare(2);
        cluster.grow(List.of(first, second, third), third);
        assertEqualRows(cluster.leader(), 3, 140);
    }

    @Test
    void keepsItsRowsWhenAnOldRequestAsksForACopyOfNothingNew() {
        List<GroupMember> members = cluster.threeVoters();
        int leader = cluster.leader();
        int follower = (leader + 1) % 3;
        cluster.write(leader, 0, 30);
        Awaitility.await("the follower has everything")
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.status(follower).getAppliedIndex()
                        == cluster.status(leader).getAppliedIndex());
        var refused = cluster.takeCopy(
                follower,
                TakeCopyRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setMember(members.get(follower).getMember())
                        .setMinimumIndex(1)
                        .addSources(members.get(leader))
                        .build());
        assertThat(refused.hasError()).isTrue();
        Awaitility.await("the follower serves")
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.status(follower).getState() == ReplicaState.HEALTHY);
        cluster.write(leader, 30, 40);
        assertEqualRows(leader, 3, 40);
    }

    @Test
    void goesOnWhenTheLeadersDatabaseIsKilledAndTakesItBack() throws IOException {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 40);
        databases.get(leader).kill();
        int other = cluster.awaitLeaderOtherThan(leader);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !cluster.write(other, 40).hasError());
        cluster.write(other, 41, 60);
        Awaitility.await("truth about the database")
                .atMost(Duration.ofSeconds(10))
                .until(() -> cluster.status(leader).getState() == ReplicaState.STALLED);
        databases.get(leader).restart();
        Awaitility.await("catch up")
                .atMost(Duration.ofSeconds(20))
                .until(() -> cluster.status(leader).getAppliedIndex()
                        == cluster.status(other).getAppliedIndex());
        assertEqualRows(cluster.leader(), 3, 60);
    }

    @Test
    void readsBackWhatWasWrittenAtEachLevel() {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 10);
        for (ReadLevel level : List.of(ReadLevel.STRONG, ReadLevel.BOUNDED, ReadLevel.EVENTUAL)) {
            var reply = cluster.data(leader)
                    .read(cluster.readRequest(level)
                            .setKeys(KeySelection.newBuilder().addKeys(RowCodec.encode(List.of(new Value.Int64(3)))))
                            .build());
            assertThat(reply.hasError()).as(reply.getError().getMessage()).isFalse();
            assertThat(reply.getRowsList()).containsExactly(RowCodec.encode(InMemoryStores.row(3, "row 3")));
        }
        assertThat(cluster.data((leader + 1) % 3)
                        .read(cluster.readRequest(ReadLevel.STRONG)
                                .setKeys(KeySelection.getDefaultInstance())
                                .build())
                        .getError()
                        .getCode())
                .isEqualTo("NOT_LEADER");
    }
}

package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.RecoverRequest;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.server.group.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two of three servers are given up, and the third goes on alone by command; then the two come back all the same. */
final class LostQuorumIT {
    private static final int SURVIVOR = 2;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Cluster cluster;

    LostQuorumIT(@TempDir Path folder) throws IOException {
        cluster = new Cluster(
                folder,
                Retention.STANDARD,
                Stream.generate(InMemoryStores::new).limit(3).toList());
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private void awaitRows(int rows) {
        Awaitility.await(rows + " rows").atMost(LIMIT).untilAsserted(() -> {
            ReadReply reply = cluster.read(SURVIVOR, ReadLevel.STRONG);
            assertThat(reply.hasError()).as(reply.getError().getMessage()).isFalse();
            assertThat(reply.getRowsCount()).isEqualTo(rows);
        });
    }

    private ControlReply recover(ReplicaStatus seen, long lastIndex) {
        return cluster.control(SURVIVOR)
                .recover(RecoverRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setMember(seen.getMember())
                        .setExpectedLastTerm(seen.getLastTerm())
                        .setExpectedLastIndex(lastIndex)
                        .build());
    }

    /** The survivor's log has everything, and the other two are gone. */
    private ReplicaStatus loseTwo() throws IOException {
        int leader = cluster.leader();
        long last = cluster.status(leader).getLastIndex();
        Awaitility.await("the survivor has it")
                .atMost(LIMIT)
                .until(() -> cluster.status(SURVIVOR).getLastIndex() >= last);
        assertThat(recover(cluster.status(SURVIVOR), last).getError().getMessage())
                .contains("HAS_LEADER");
        cluster.stop(0);
        cluster.stop(1);
        Awaitility.await("the survivor knows no leader").atMost(LIMIT).until(() -> {
            ReplicaStatus status = cluster.status(SURVIVOR);
            return status.getRole() != ReplicaRole.LEADER
                    && status.getLeader().getServer().isEmpty();
        });
        return cluster.status(SURVIVOR);
    }

    @Test
    void goesOnAloneAndWhoComesBackNeitherLeadsItNorVotesAndIsReplaced() throws IOException {
        List<GroupMember> before = cluster.threeVoters();
        cluster.write(cluster.leader(), 0, 20);
        ReplicaStatus seen = loseTwo();
        // A last message of the leader may arrive behind the end of its stream: then it counts as heard for a time-out.
        Awaitility.await("only the log is what is wrong")
                .atMost(LIMIT)
                .until(() -> recover(seen, seen.getLastIndex() - 1)
                        .getError()
                        .getMessage()
                        .contains("LOG_DIFFERS"));

        assertThat(recover(seen, seen.getLastIndex()).hasError()).isFalse();

        assertThat(cluster.leader()).isEqualTo(SURVIVOR);
        Awaitility.await("it has committed that it is alone")
                .atMost(LIMIT)
                .until(() -> cluster.status(SURVIVOR).getConfiguration().getVotersCount() == 1);
        cluster.write(SURVIVOR, 20, 30);
        awaitRows(30);
        cluster.stop(SURVIVOR);
        cluster.start(SURVIVOR);
        Awaitility.await("it leads again after a restart").atMost(LIMIT).until(() -> cluster.leader() == SURVIVOR);
        awaitRows(30);

        cluster.start(0);
        cluster.start(1);
        Awaitility.await("by their own membership the two are a quorum")
                .atMost(LIMIT)
                .until(() -> cluster.status(0).getRole() == ReplicaRole.LEADER
                        || cluster.status(1).getRole() == ReplicaRole.LEADER);
        cluster.write(SURVIVOR, 30, 40);
        awaitRows(40);
        ReplicaStatus survivor = cluster.status(SURVIVOR);
        assertThat(survivor.getRole()).isEqualTo(ReplicaRole.LEADER);
        assertThat(List.of(cluster.status(0).getTerm(), cluster.status(1).getTerm()))
                .as("whoever compares terms finds the survivor")
                .allMatch(term -> term < survivor.getTerm());

        GroupMember self = survivor.getConfiguration().getVoters(0);
        GroupMember second = cluster.prepare(0);
        GroupMember third = cluster.prepare(1);
        assertThat(before).as("new ids").doesNotContain(second, third).contains(self);
        cluster.grow(List.of(self, second, third), second, third);
        cluster.write(SURVIVOR, 40, 50);
        cluster.requireEqualRows(SURVIVOR, 5000, 3, 50);
    }
}

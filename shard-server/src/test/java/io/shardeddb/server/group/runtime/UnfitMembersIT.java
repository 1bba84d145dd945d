package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DropReplicaRequest;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.RecoverRequest;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.log.ConfigurationCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that were found to be no good: what they and the others do over elections and restarts. */
final class UnfitMembersIT {
    private final Path folder;
    private final List<InMemoryStores> stores =
            Stream.generate(InMemoryStores::new).limit(3).toList();
    private final Cluster cluster;

    UnfitMembersIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private void await(int server, ReplicaState state) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> cluster.status(server).getState() == state);
    }

    /** A leader's word that the group agreed on it. */
    private void quarantine(int unfit) {
        int leader = cluster.leader();
        MemberId from = ConfigurationCodec.memberId(cluster.status(leader).getMember());
        MemberId to = ConfigurationCodec.memberId(cluster.status(unfit).getMember());
        cluster.server(unfit)
                .runtime()
                .receive(
                        "",
                        List.of(new Message.Heartbeat(
                                ConfigurationCodec.groupId(Cluster.GROUP),
                                from,
                                to,
                                cluster.status(leader).getTerm(),
                                1,
                                0,
                                0,
                                0,
                                Long.MIN_VALUE,
                                true)));
        await(unfit, ReplicaState.QUARANTINED);
    }

    @Test
    void aMemberThatItsLeaderFoundStaysQuarantinedOverARestart() throws IOException {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 5);
        int unfit = (leader + 1) % 3;
        quarantine(unfit);
        String reason = cluster.status(unfit).getReason();
        cluster.write(leader, 5, 10);
        cluster.stop(unfit);
        cluster.start(unfit);
        await(unfit, ReplicaState.QUARANTINED);
        assertThat(cluster.status(unfit).getReason()).isEqualTo(reason).contains("its leader found");
        cluster.write(cluster.leader(), 10, 15);
    }

    /** A lost quorum does not make it any better. */
    @Test
    void aQuarantinedMemberCannotBeRecoveredFrom() throws IOException {
        cluster.threeVoters();
        int unfit = (cluster.leader() + 1) % 3;
        cluster.write(cluster.leader(), 0, 5);
        quarantine(unfit);
        for (int i = 0; i < 3; i++) {
            if (i != unfit) {
                cluster.stop(i);
            }
        }
        ReplicaStatus seen = cluster.status(unfit);
        ControlReply reply = cluster.control(unfit)
                .recover(RecoverRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setMember(seen.getMember())
                        .setExpectedLastTerm(seen.getLastTerm())
                        .setExpectedLastIndex(seen.getLastIndex())
                        .build());
        assertThat(reply.getError().getCode()).isEqualTo("CONFLICT");
        assertThat(reply.getError().getMessage()).contains("nothing was changed", "its leader found");
        ReplicaStatus after = cluster.status(unfit);
        assertThat(after.getTerm()).isEqualTo(seen.getTerm());
        assertThat(after.getLastIndex()).isEqualTo(seen.getLastIndex());
        assertThat(after.getConfiguration()).isEqualTo(seen.getConfiguration());
    }

    /**
     * The log alone is rolled back, and the rows are ahead of it: the reason survives a database that does not answer
     * at the next start.
     */
    @Test
    void aLogThatWasRolledBackIsQuarantinedBeforeItVotes() throws IOException {
        cluster.threeVoters();
        int leader = cluster.leader();
        int rolled = (leader + 1) % 3;
        cluster.stop(rolled);
        copy(data(rolled), folder.resolve("old"));
        cluster.start(rolled);
        cluster.write(leader, 0, 5);
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> cluster.status(rolled).getAppliedIndex()
                        == cluster.status(cluster.leader()).getLastIndex());
        cluster.stop(rolled);
        replace(data(rolled), folder.resolve("old"));
        cluster.start(rolled);
        await(rolled, ReplicaState.QUARANTINED);
        stores.get(rolled).setAway(true);
        cluster.stop(rolled);
        cluster.start(rolled);
        assertThat(cluster.status(rolled).getState()).isEqualTo(ReplicaState.QUARANTINED);
    }

    /** Log and rows are as they should be, and only the count of starts shows that the volume is an old copy. */
    @Test
    void aVolumeWithARepeatedBootCounterIsQuarantined() throws IOException {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 5);
        int rolled = (leader + 1) % 3;
        cluster.stop(rolled);
        byte[] before = Files.readAllBytes(identity(rolled));
        cluster.start(rolled);
        await(rolled, ReplicaState.HEALTHY);
        // The others know of this start only once it has answered one of them: an entry that it is seen to have.
        cluster.write(leader, 5, 6);
        ByteString member = cluster.status(rolled).getMember().toByteString();
        Awaitility.await()
                .until(() -> cluster.status(leader).getProgressList().stream()
                        .anyMatch(
                                progress -> progress.getMember().toByteString().equals(member)
                                        && progress.getMatchIndex()
                                                == cluster.status(leader).getLastIndex()));
        cluster.stop(rolled);
        Files.write(identity(rolled), before);
        cluster.start(rolled);
        await(rolled, ReplicaState.QUARANTINED);
        assertThat(cluster.status(rolled).getReason()).contains("boot counter");
    }

    /** The file that counts the starts of a server. */
    private Path identity(int server) {
        return data(server).resolve("identity");
    }

    private Path data(int server) {
        return folder.resolve("server" + server);
    }

    private static void replace(Path at, Path by) throws IOException {
        try (Stream<Path> files = Files.walk(at)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
        copy(by, at);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** The member that started the group knows, after a restart, for certain only that it was alone once. */
    @Test
    void aRemovedMemberThatKnowsNobodyElseIsDroppedOnTheWordOfOthers() throws IOException {
        List<GroupMember> members = cluster.threeVoters();
        if (cluster.leader() == 0) {
            Cluster.require(cluster.control(0)
                    .transferLeadership(TransferLeadershipRequest.newBuilder()
                            .setGroup(Cluster.GROUP)
                            .setTarget(members.get(1).getMember())
                            .setTimeoutMillis(5000)
                            .build()));
        }
        int leader = cluster.awaitLeaderOtherThan(0);
        cluster.stop(0);
        cluster.change(GroupConfiguration.newBuilder().addAllVoters(members.subList(1, 3)));
        cluster.start(0);
        assertThat(drop(members.getFirst()).getError().getCode()).isEqualTo("UNSAFE");
        assertThat(drop(members.getFirst(), members.get(leader).getAddress()).hasError())
                .isFalse();
        assertThat(cluster.status(0).hasGroup()).isFalse();
    }

    private ControlReply drop(GroupMember first, String... witnesses) {
        return cluster.control(0)
                .dropReplica(DropReplicaRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setMember(first.getMember())
                        .addAllWitnesses(List.of(witnesses))
                        .build());
    }
}

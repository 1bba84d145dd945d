package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.DropReplicaRequest;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.store.AppliedState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole servers over gRPC in one process: what must happen when one of them goes away. */
final class ServersIT {
    private final List<InMemoryStores> stores =
            Stream.generate(InMemoryStores::new).limit(4).toList();
    private final Cluster cluster;

    ServersIT(@TempDir Path folder) throws IOException {
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private int rows(int server, ReadLevel level) {
        ReadReply reply = cluster.read(server, level);
        assertThat(reply.hasError()).as(reply.getError().getMessage()).isFalse();
        return reply.getRowsCount();
    }

    /** What a scan shows is decided when it begins: a leadership that ends in the middle takes nothing from it. */
    @Test
    void aScanGoesOnWhenItsServerLeadsNoMore() {
        List<GroupMember> members = cluster.threeVoters();
        int old = cluster.leader();
        cluster.write(old, 0, 20);
        CountDownLatch gate = new CountDownLatch(1);
        stores.get(old).holdScans(gate);
        Iterator<ScanChunk> chunks = cluster.data(old)
                .scan(cluster.readRequest(ReadLevel.STRONG)
                        .setRange(RangeSelection.getDefaultInstance())
                        .build());
        int rows = chunks.next().getRowsCount();
        transfer(old, members.get((old + 1) % 3));
        cluster.awaitLeaderOtherThan(old);
        gate.countDown();
        String error = "the scan had no end";
        while (chunks.hasNext()) {
            ScanChunk chunk = chunks.next();
            rows += chunk.getRowsCount();
            error = chunk.hasEnd() ? chunk.getEnd().getError().getMessage() : error;
        }
        assertThat(error).isEmpty();
        assertThat(rows).isEqualTo(20);
    }

    private void transfer(int from, GroupMember to) {
        Cluster.require(cluster.control(from)
                .transferLeadership(TransferLeadershipRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setTarget(to.getMember())
                        .setTimeoutMillis(5000)
                        .build()));
    }

    @Test
    void growsFromOneMemberToThreeAndAgrees() {
        cluster.bootstrap();
        cluster.write(0, 0, 20);
        assertThat(rows(0, ReadLevel.STRONG)).isEqualTo(20);
        GroupMember first = cluster.status(0).getConfiguration().getVoters(0);
        GroupMember second = cluster.prepare(1);
        GroupMember third = cluster.prepare(2);
        cluster.grow(List.of(first, second, third), second, third);
        cluster.write(0, 20, 40);
        cluster.requireEqualRows(0, 5000, 3, 40);
        assertThat(cluster.status(1).getState()).isEqualTo(ReplicaState.HEALTHY);
        assertThat(rows(1, ReadLevel.EVENTUAL)).isEqualTo(40);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !cluster.read(2, ReadLevel.BOUNDED).hasError());
    }

    @Test
    void followersNameTheLeaderThatTheyHeardBeforeTheyKnewTheMembers() {
        cluster.threeVoters();
        int leader = cluster.leader();
        String name = cluster.status(leader).getLeader().getServer();
        assertThat(name).isNotEmpty();
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(IntStream.range(0, 3)
                                .mapToObj(i -> cluster.status(i).getLeader().getServer()))
                        .containsOnly(name));
    }

    @Test
    void electsAnotherLeaderWithinThreeSecondsAndLosesNothing() throws IOException {
        cluster.threeVoters();
        int old = cluster.leader();
        cluster.write(old, 0, 50);
        long before = System.nanoTime();
        cluster.stop(old);
        Awaitility.await()
                .atMost(Duration.ofSeconds(3))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    int leader = cluster.leader();
                    return leader >= 0 && !cluster.write(leader, 1000).hasError();
                });
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
        int leader = cluster.leader();
        assertThat(rows(leader, ReadLevel.STRONG)).isEqualTo(51);
        cluster.start(old);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> cluster.status(old).getAppliedIndex() > 0
                        && cluster.status(old).getAppliedIndex()
                                == cluster.status(leader).getAppliedIndex());
        assertThat(rows(old, ReadLevel.EVENTUAL)).isEqualTo(51);
    }

    @Test
    void comesBackFromItsLogWhenAllServersStop() throws IOException {
        cluster.threeVoters();
        cluster.write(cluster.leader(), 0, 30);
        for (int i = 0; i < 3; i++) {
            cluster.stop(i);
        }
        for (int i = 0; i < 3; i++) {
            cluster.start(i);
        }
        int leader = cluster.awaitLeaderOtherThan(-1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !cluster.read(leader, ReadLevel.STRONG).hasError());
        assertThat(rows(leader, ReadLevel.STRONG)).isEqualTo(30);
        cluster.write(leader, 30, 31);
    }

    @Test
    void refusesStrongReadsAndWritesWhileCutOffAndAgreesAfterHealing() {
        cluster.threeVoters();
        int cut = cluster.leader();
        cluster.write(cut, 0, 10);
        cluster.server(cut).transport().isolate(true);
        assertThat(cluster.write(cut, 500).hasError()).isTrue();
        assertThat(cluster.read(cut, ReadLevel.STRONG).hasError()).isTrue();
        int leader = cluster.awaitLeaderOtherThan(cut);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !cluster.write(leader, 10).hasError());
        cluster.write(leader, 11, 20);
        assertThat(cluster.read(cut, ReadLevel.STRONG).hasError()).isTrue();
        cluster.server(cut).transport().isolate(false);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> cluster.status(cut).getAppliedIndex()
                        == cluster.status(leader).getAppliedIndex());
        assertThat(rows(cut, ReadLevel.EVENTUAL)).isEqualTo(20);
        assertThat(cluster.write(leader, 500).hasError()).isFalse();
    }

    @Test
    void tellsWhereEachReplicaStandsAndWhatWaits() throws IOException {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 10);
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            ReplicaStatus calm = cluster.status(leader);
            assertThat(calm.getAppliedIndex()).isEqualTo(calm.getLastIndex());
            assertThat(calm.getPicture().getDurableIndex()).isEqualTo(calm.getLastIndex());
            assertThat(calm.getPicture().getCertainIndex()).isEqualTo(calm.getLastIndex());
            assertThat(calm.getPicture().hasProposing()).isFalse();
            assertThat(calm.getPicture().hasCommitting()).isFalse();
            assertThat(calm.getPicture().hasApplying()).isFalse();
        });
        int follower = (leader + 1) % 3;
        stores.get(follower).setAway(true);
        cluster.write(leader, 10);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.status(follower)
                        .getPicture()
                        .getApplying()
                        .getWords()
                        .startsWith("the database failed"));
        cluster.stop(follower);
        cluster.stop(3 - leader - follower);
        long last = cluster.status(leader).getLastIndex();
        cluster.server(leader).data().write(cluster.request(11), answer -> {});
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> cluster.status(leader)
                        .getPicture()
                        .getCommitting()
                        .getWords()
                        .equals("entry " + (last + 1) + " not with a quorum yet"));
    }

    @Test
    void replacesALostMemberBySwapAndDropsOnlyWhatIsNamedNoMore() throws IOException {
        List<GroupMember> members = cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 10);
        int lost = (leader + 1) % 3;
        int kept = 3 - leader - lost;
        ControlReply early = cluster.control(lost)
                .dropReplica(DropReplicaRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setMember(members.get(lost).getMember())
                        .build());
        assertThat(early.getError().getCode()).isEqualTo("UNSAFE");
        cluster.stop(lost);
        GroupMember fresh = cluster.prepare(3);
        List<GroupMember> target = List.of(members.get(leader), members.get(kept), fresh);
        cluster.change(GroupConfiguration.newBuilder().addAllVoters(members).addLearners(fresh));
        cluster.change(GroupConfiguration.newBuilder().addAllVoters(target));
        cluster.write(leader, 10, 20);
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> rows(3, ReadLevel.EVENTUAL) == 20);
        cluster.start(lost);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !cluster.control(lost)
                        .dropReplica(DropReplicaRequest.newBuilder()
                                .setGroup(Cluster.GROUP)
                                .setMember(members.get(lost).getMember())
                                .build())
                        .hasError());
        assertThat(cluster.status(lost).hasGroup()).isFalse();
    }

    @Test
    void handsLeadershipOverOnRequestAndWhenItsDatabaseIsAway() {
        List<GroupMember> members = cluster.threeVoters();
        int old = cluster.leader();
        int next = (old + 1) % 3;
        transfer(old, members.get(next));
        assertThat(cluster.awaitLeaderOtherThan(old)).isEqualTo(next);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !cluster.write(next, 1).hasError());
        stores.get(next).setAway(true);
        int other = cluster.awaitLeaderOtherThan(next);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !cluster.write(other, 2).hasError());
        stores.get(next).setAway(false);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !cluster.read(next, ReadLevel.EVENTUAL).hasError() && rows(next, ReadLevel.EVENTUAL) == 2);
    }

    @Test
    void handsLeadershipOverWhenOnlyApplyingFails() {
        cluster.threeVoters();
        int old = cluster.leader();
        stores.get(old).setRefusingEntries(true);
        // Its outcome is not asked for: this leader cannot say it any more.
        cluster.server(old).data().write(cluster.request(1), answer -> {});
        int other = cluster.awaitLeaderOtherThan(old);
        assertThat(cluster.server(old).runtime().stores().reachable()).isTrue();
        cluster.write(other, 2, 5);
        stores.get(old).setRefusingEntries(false);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> cluster.status(old).getAppliedIndex()
                        == cluster.status(other).getAppliedIndex());
        assertThat(rows(old, ReadLevel.EVENTUAL)).isEqualTo(4);
    }

    @Test
    void handsLeadershipOverWhenItsDatabaseHangsAndTellsThoseWhoWait() {
        cluster.threeVoters();
        int old = cluster.leader();
        cluster.write(old, 0, 2);
        stores.get(old).freeze();
        try {
            CompletableFuture<WriteReply> answer = new CompletableFuture<>();
            WriteRequest request = cluster.request(2);
            cluster.server(old).data().write(request, answer::complete);
            int other = cluster.awaitLeaderOtherThan(old);
            Awaitility.await().atMost(Duration.ofSeconds(3)).until(answer::isDone);
            assertThat(answer.join().getError().getCode()).isEqualTo("OUTCOME_UNKNOWN");
            WriteReply repeated = cluster.data(other).write(request);
            assertThat(repeated.hasError()).isFalse();
            assertThat(repeated.getRepeated()).isTrue();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> !cluster.server(old).runtime().stores().reachable());
        } finally {
            stores.get(old).thaw();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !cluster.read(old, ReadLevel.EVENTUAL).hasError() && rows(old, ReadLevel.EVENTUAL) == 3);
    }

    /** As after a recovery from a lost quorum: what the session has seen is in no log any more. */
    @Test
    void aSessionThatSawWhatIsLostIsToldSoAtOnce() {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 5);
        for (ReadLevel level : List.of(ReadLevel.STRONG, ReadLevel.BOUNDED, ReadLevel.EVENTUAL)) {
            ReadReply reply = cluster.data(leader)
                    .read(cluster.readRequest(level)
                            .setMinimumIndex(cluster.status(leader).getLastIndex() + 1000)
                            .build());
            assertThat(reply.getError().getCode()).as("%s", level).isEqualTo("SESSION_LOST");
        }
    }

    @Test
    void quarantinesOnlyTheReplicaInWhichTheSoftwareFails() {
        cluster.threeVoters();
        int leader = cluster.leader();
        cluster.write(leader, 0, 5);
        GroupId other = new GroupId(77, 88);
        Uid otherUid = ConfigurationCodec.uid(other);
        cluster.bootstrap(leader, otherUid);
        // No sound member sends this: a second leader of the same term.
        cluster.server(leader)
                .runtime()
                .receive(
                        "",
                        List.of(new Message.Heartbeat(
                                ConfigurationCodec.groupId(Cluster.GROUP),
                                new MemberId(1, 1),
                                ConfigurationCodec.memberId(
                                        cluster.status(leader).getMember()),
                                cluster.status(leader).getTerm(),
                                1,
                                0,
                                0,
                                0,
                                Long.MIN_VALUE,
                                false)));
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.status(leader).getState() == ReplicaState.QUARANTINED);
        int next = cluster.awaitLeaderOtherThan(leader);
        cluster.write(next, 5, 10);
        Uid damaged = cluster.status(leader).getMember();
        ControlReply dropped = cluster.control(leader)
                .dropReplica(DropReplicaRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setMember(damaged)
                        .build());
        assertThat(dropped.hasError())
                .as("it makes way for a new member: %s", dropped.getError().getMessage())
                .isFalse();
        assertThat(cluster.prepare(leader).getMember()).isNotEqualTo(damaged);
        WriteReply beside = cluster.data(leader)
                .write(cluster.request(1).toBuilder().setGroup(otherUid).build());
        assertThat(beside.hasError()).as(beside.getError().getMessage()).isFalse();
    }

    @Test
    void aLeaderWhoseClockRunsFarAheadGivesNoTimestampsAndHandsOver() {
        cluster.threeVoters();
        int old = cluster.leader();
        cluster.write(old, 0, 5);
        cluster.node(old).aheadMillis = Duration.ofHours(1).toMillis();
        WriteReply refused = cluster.write(old, 5);
        assertThat(refused.getError().getCode()).isIn("READ_ONLY", "NOT_LEADER");
        int other = cluster.awaitLeaderOtherThan(old);
        WriteReply reply = cluster.write(other, 6);
        assertThat(reply.hasError()).as(reply.getError().getMessage()).isFalse();
        long stamped = reply.getTimestamp() >> 16;
        assertThat(stamped).isLessThan(System.currentTimeMillis() + 60_000);
        assertThat(cluster.control(old)
                        .status(StatusRequest.getDefaultInstance())
                        .getReadOnlyReason())
                .contains("clock");
        cluster.node(old).aheadMillis = 0;
        assertThat(cluster.control(old)
                        .status(StatusRequest.getDefaultInstance())
                        .getReadOnlyReason())
                .isEmpty();
    }

    @Test
    void takesACopyForTheLogsBeginningThatItsProcessDidNotLiveToWrite() throws IOException {
        GroupMember fresh = cluster.prepare(3);
        Awaitility.await("its store is open")
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.status(3).getState() == ReplicaState.EMPTY);
        cluster.stop(3);
        MemberId member = ConfigurationCodec.memberId(fresh.getMember());
        VoterSet voters = VoterSet.majority(List.of(ConfigurationCodec.ofWire(fresh)));
        stores.get(3)
                .completeCopy(
                        ConfigurationCodec.groupId(Cluster.GROUP).toString(),
                        member.toString(),
                        new AppliedState(
                                50,
                                3,
                                7,
                                Cluster.SCHEMA,
                                null,
                                1,
                                true,
                                0,
                                ConfigurationCodec.encode(Configuration.of(voters)),
                                20));
        cluster.start(3);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.status(3).getFirstIndex() == 51);
        assertThat(cluster.status(3).getState()).isEqualTo(ReplicaState.HEALTHY);
        cluster.stop(3);
        cluster.start(3);
        Awaitility.await("a leader of itself alone")
                .atMost(Duration.ofSeconds(5))
                .until(() -> cluster.status(3).getAppliedIndex() > 50);
    }

    @Test
    void aRemovedMemberComesBackOnlyUnderANewId() {
        List<GroupMember> members = cluster.threeVoters();
        int leader = cluster.leader();
        int removed = (leader + 1) % 3;
        List<GroupMember> rest = new ArrayList<>(members);
        rest.remove(removed);
        cluster.change(GroupConfiguration.newBuilder().addAllVoters(rest));
        ControlReply back = cluster.control(leader)
                .changeMembership(ChangeMembershipRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setExpectedConfigurationIndex(cluster.status(leader).getConfigurationIndex())
                        .setTarget(GroupConfiguration.newBuilder()
                                .addAllVoters(rest)
                                .addLearners(members.get(removed)))
                        .build());
        assertThat(back.getError().getCode()).isEqualTo("WRONG_MEMBER");
        assertThat(cluster.status(leader).getConfiguration().getRetiredList())
                .as("the leader tells whom the group never takes back")
                .contains(members.get(removed).getMember());
        GroupMember fresh = cluster.prepare(removed);
        assertThat(fresh.getMember()).isNotEqualTo(members.get(removed).getMember());
        List<GroupMember> all = new ArrayList<>(rest);
        all.add(fresh);
        cluster.grow(all, fresh);
        cluster.write(cluster.leader(), 0, 5);
    }

    @Test
    void refusesAMembershipChangeDecidedOnAnotherConfiguration() {
        List<GroupMember> members = cluster.threeVoters();
        ControlReply reply = cluster.control(cluster.leader())
                .changeMembership(ChangeMembershipRequest.newBuilder()
                        .setGroup(Cluster.GROUP)
                        .setExpectedConfigurationIndex(0)
                        .setTarget(GroupConfiguration.newBuilder().addAllVoters(members.subList(0, 2)))
                        .build());
        assertThat(reply.getError().getCode()).isEqualTo("CONFIGURATION_CHANGED");
    }

    @Test
    void answersARepeatWithTheFirstAnswer() {
        cluster.bootstrap();
        var request = cluster.request(7);
        WriteReply first = cluster.data(0).write(request);
        WriteReply again = cluster.data(0).write(request);
        assertThat(first.hasError()).isFalse();
        assertThat(again.getRepeated()).isTrue();
        assertThat(again.getIndex()).isEqualTo(first.getIndex());
    }
}

package io.shardeddb.operator.plan;

import static io.shardeddb.operator.plan.Members.hex;
import static io.shardeddb.operator.plan.Members.id;
import static io.shardeddb.operator.plan.Members.member;
import static io.shardeddb.operator.plan.Members.recorded;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A shard on servers a, b, c whose members have the ids 1, 2, 3; a lost one is followed by id 4. */
final class ShardPlanTest {

    private static final Uid GROUP = Uid.newBuilder().setHigh(7).setLow(7).build();
    private static final long CONFIGURATION_INDEX = 12;

    private final Map<String, ReplicaStatus.Builder> replicas = new TreeMap<>();
    private final List<String> answering = new ArrayList<>(List.of("a", "b", "c"));
    private List<String> placement = List.of("a", "b", "c");
    private List<ShardReplicaSpec> members = new ArrayList<>();
    private @Nullable String bootstrap = hex(1);
    private @Nullable SchemaDefinition schema;
    private @Nullable String preferred;
    private @Nullable String recoverFrom;
    private ShardView.@Nullable RefusedTables refused;
    private final Map<ShardStep, ShardView.FailedStep> failed = new HashMap<>();
    private final Map<String, String> readOnly = new HashMap<>();

    private ReplicaStatus.Builder at(String server) {
        return Objects.requireNonNull(replicas.get(server));
    }

    private void replica(String server, long number, ReplicaRole role) {
        replicas.put(
                server,
                ReplicaStatus.newBuilder()
                        .setGroup(GROUP)
                        .setMember(id(number))
                        .setRole(role)
                        .setState(ReplicaState.HEALTHY)
                        .setOpen(true));
    }

    private void leads(String server, List<GroupMember> voters, List<GroupMember> learners, long... caughtUp) {
        ReplicaStatus.Builder leader = at(server)
                .setRole(ReplicaRole.LEADER)
                .setTerm(3)
                .setLastIndex(20)
                .setConfigurationIndex(CONFIGURATION_INDEX)
                .setConfiguration(
                        GroupConfiguration.newBuilder().addAllVoters(voters).addAllLearners(learners));
        Arrays.stream(caughtUp)
                .forEach(number -> leader.addProgress(
                        MemberProgress.newBuilder().setMember(id(number)).setMatchIndex(20)));
    }

    private void healthyGroupOfThree() {
        replica("a", 1, ReplicaRole.LEADER);
        replica("b", 2, ReplicaRole.FOLLOWER);
        replica("c", 3, ReplicaRole.FOLLOWER);
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(), 1, 2, 3);
        members = new ArrayList<>(List.of(
                recorded("a", 1, MemberRole.Voter),
                recorded("b", 2, MemberRole.Voter),
                recorded("c", 3, MemberRole.Voter)));
    }

    private List<ShardStep> plan() {
        Map<String, ServerStatus> statuses = new HashMap<>();
        for (String server : answering) {
            ServerStatus.Builder status = ServerStatus.newBuilder()
                    .setServer(server)
                    .setMysqlReachable(true)
                    .setReadOnlyReason(readOnly.getOrDefault(server, ""));
            if (replicas.containsKey(server)) {
                status.addReplicas(replicas.get(server));
            }
            statuses.put(server, status.build());
        }
        Map<String, String> addresses = Map.of("a", "a:7000", "b", "b:7000", "c", "c:7000", "d", "d:7000");
        ShardSpec spec = new ShardSpec("db", "s", new IntervalSpec(0L, 10L), 1L, placement, null, bootstrap, members);
        Observed all = new Observed(statuses);
        return ShardPlan.next(
                new ShardView(GROUP, spec, addresses, all, schema, List.of(), preferred, recoverFrom, refused, failed));
    }

    private static List<GroupMember> votersOf(ShardStep change) {
        return ((ShardStep.ChangeMembership) change).target().getVotersList();
    }

    @Test
    void makesAMemberOnEachServerFirst() {
        bootstrap = null;
        assertThat(plan())
                .containsExactly(
                        new ShardStep.PrepareMember("a", "a:7000"),
                        new ShardStep.PrepareMember("b", "b:7000"),
                        new ShardStep.PrepareMember("c", "c:7000"));
    }

    @Test
    void recordsTheStartingMemberBeforeItStarts() {
        bootstrap = null;
        replica("a", 1, ReplicaRole.FOLLOWER);
        replica("b", 2, ReplicaRole.FOLLOWER);
        replica("c", 3, ReplicaRole.FOLLOWER);
        members.add(recorded("a", 1, MemberRole.Learner));
        members.add(recorded("b", 2, MemberRole.Learner));
        members.add(recorded("c", 3, MemberRole.Learner));
        assertThat(plan()).containsExactly(new ShardStep.RecordMembers(hex(1), members));
        bootstrap = hex(1);
        assertThat(plan()).containsExactly(new ShardStep.Bootstrap(members.getFirst(), null));
    }

    @Test
    void neverStartsAShardAgainWhoseStartingMemberIsGone() {
        replica("b", 2, ReplicaRole.FOLLOWER);
        replica("c", 3, ReplicaRole.FOLLOWER);
        replica("a", 4, ReplicaRole.FOLLOWER);
        members.add(recorded("a", 1, MemberRole.Learner));
        members.add(recorded("a", 4, MemberRole.Learner));
        members.add(recorded("b", 2, MemberRole.Learner));
        members.add(recorded("c", 3, MemberRole.Learner));
        assertThat(plan()).singleElement().isInstanceOf(ShardStep.Withhold.class);
    }

    @Test
    void growsByLearnersThenPromotesThemTogether() {
        healthyGroupOfThree();
        at("a").clearProgress().setOpen(false);
        leads("a", List.of(member("a", 1)), List.of());
        assertThat(plan()).first().satisfies(step -> {
            ShardStep.ChangeMembership change = (ShardStep.ChangeMembership) step;
            assertThat(change.target().getVotersList()).containsExactly(member("a", 1));
            assertThat(change.target().getLearnersList()).containsExactly(member("b", 2), member("c", 3));
            assertThat(change.expectedIndex()).isEqualTo(CONFIGURATION_INDEX);
        });
        leads("a", List.of(member("a", 1)), List.of(member("b", 2), member("c", 3)), 2);
        assertThat(plan()).noneMatch(ShardStep.ChangeMembership.class::isInstance);
        leads("a", List.of(member("a", 1)), List.of(member("b", 2), member("c", 3)), 2, 3);
        assertThat(plan()).first().satisfies(step -> {
            ShardStep.ChangeMembership change = (ShardStep.ChangeMembership) step;
            assertThat(change.target().getVotersList()).containsExactly(member("a", 1), member("b", 2), member("c", 3));
            assertThat(change.target().getLearnersList()).isEmpty();
        });
    }

    @Test
    void promotesNoMemberThatHasTheLogAndHasNotAppliedIt() {
        healthyGroupOfThree();
        leads("a", List.of(member("a", 1)), List.of(member("b", 2), member("c", 3)), 2, 3);
        at("a").setAppliedIndex(5000);
        at("b").setAppliedIndex(4990);
        at("c").setAppliedIndex(3000);
        assertThat(plan()).noneMatch(ShardStep.ChangeMembership.class::isInstance);
        // One of an older version does not tell.
        at("c").setAppliedIndex(0);
        assertThat(votersOf(plan().getFirst())).hasSize(3);
    }

    @Test
    void opensOnlyAtFullSize() {
        healthyGroupOfThree();
        at("a").setOpen(false);
        assertThat(plan()).containsExactly(new ShardStep.Open("a"));
    }

    @Test
    void doesNothingInASettledWorld() {
        healthyGroupOfThree();
        assertThat(plan()).isEmpty();
    }

    @Test
    void replacesALostMemberByOneSwap() {
        healthyGroupOfThree();
        replicas.remove("c");
        assertThat(plan()).containsExactly(new ShardStep.PrepareMember("c", "c:7000"));
        replica("c", 4, ReplicaRole.FOLLOWER);
        members.add(recorded("c", 4, MemberRole.Learner));
        assertThat(plan())
                .first()
                .satisfies(step -> assertThat(
                                ((ShardStep.ChangeMembership) step).target().getLearnersList())
                        .containsExactly(member("c", 4)));
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(member("c", 4)), 4);
        assertThat(votersOf(plan().getFirst())).containsExactly(member("a", 1), member("b", 2), member("c", 4));
    }

    @Test
    void waitsForACopyBeforeItSwaps() {
        healthyGroupOfThree();
        replica("c", 4, ReplicaRole.LEARNER);
        at("c").setState(ReplicaState.COPYING);
        members.add(recorded("c", 4, MemberRole.Learner));
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(member("c", 4)), 4);
        assertThat(plan()).singleElement().isInstanceOf(ShardStep.Await.class);
    }

    @Test
    void waitsForASilentServerInsteadOfReplacingIt() {
        healthyGroupOfThree();
        answering.remove("c");
        assertThat(plan()).isEmpty();
    }

    @Test
    void changesNothingWithoutAQuorum() {
        healthyGroupOfThree();
        answering.remove("b");
        replica("c", 4, ReplicaRole.FOLLOWER);
        members.add(recorded("c", 4, MemberRole.Learner));
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(member("c", 4)), 4);
        assertThat(plan()).first().isInstanceOf(ShardStep.Withhold.class);
    }

    @Test
    void movesTheLeaderBeforeItsServerLeaves() {
        healthyGroupOfThree();
        placement = List.of("b", "c", "d");
        answering.add("d");
        replica("d", 4, ReplicaRole.LEARNER);
        members.add(recorded("d", 4, MemberRole.Learner));
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(member("d", 4)), 4);
        assertThat(plan()).first().isInstanceOf(ShardStep.MoveLeader.class);
    }

    @Test
    void dropsAReplicaThatNoMembershipNames() {
        healthyGroupOfThree();
        placement = List.of("a", "b");
        leads("a", List.of(member("a", 1), member("b", 2)), List.of(), 1, 2);
        assertThat(plan()).containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
        replicas.remove("c");
        assertThat(plan()).containsExactly(new ShardStep.RecordMembers(bootstrap, members.subList(0, 2)));
    }

    /** The group has given up its member on c, which is wanted again, is recorded and has not heard of its removal. */
    private void cWasRemovedAndIsWantedAgain() {
        healthyGroupOfThree();
        leads("a", List.of(member("a", 1), member("b", 2)), List.of(), 1, 2);
        at("a").getConfigurationBuilder().addRetired(id(3));
    }

    @Test
    void aRemovedMemberMakesWayForANewOneOnAServerThatIsWantedAgain() {
        cWasRemovedAndIsWantedAgain();
        assertThat(plan()).containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
        replicas.remove("c");
        assertThat(plan()).containsExactly(new ShardStep.PrepareMember("c", "c:7000"));
        replica("c", 4, ReplicaRole.FOLLOWER);
        members.add(recorded("c", 4, MemberRole.Learner));
        assertThat(plan())
                .first()
                .satisfies(step -> assertThat(
                                ((ShardStep.ChangeMembership) step).target().getLearnersList())
                        .containsExactly(member("c", 4)));
        assertThat(plan())
                .last()
                .isInstanceOfSatisfying(
                        ShardStep.RecordMembers.class,
                        record -> assertThat(record.replicas())
                                .extracting(ShardReplicaSpec::memberId)
                                .containsExactly(hex(1), hex(2), hex(4)));
    }

    @Test
    void aRemovedMemberIsNotStandingWhateverRoleWasRecorded() {
        cWasRemovedAndIsWantedAgain();
        members.set(2, recorded("c", 3, MemberRole.Learner));
        assertThat(plan()).containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
        members.remove(2);
        assertThat(plan())
                .as("nor when it is not recorded")
                .containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
        at("c").setState(ReplicaState.EMPTY);
        assertThat(plan())
                .as("nor when it never received anything, for its server knows of no removal then")
                .containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
    }

    @Test
    void aRemovedMemberOnASilentServerIsKeptInMindUntilItCanMakeWay() {
        cWasRemovedAndIsWantedAgain();
        answering.remove("c");
        assertThat(plan())
                .singleElement()
                .isInstanceOfSatisfying(
                        ShardStep.Await.class,
                        await -> assertThat(await.reason()).isEqualTo(Reason.ServerUnreachable));
        answering.add("c");
        assertThat(plan()).containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
    }

    @Test
    void aRemovedMemberMakesWayWhileAnotherCopyIsAwaited() {
        cWasRemovedAndIsWantedAgain();
        placement = List.of("a", "b", "c", "d");
        answering.add("d");
        replica("d", 4, ReplicaRole.LEARNER);
        members.add(recorded("d", 4, MemberRole.Learner));
        leads("a", List.of(member("a", 1), member("b", 2)), List.of(member("d", 4)), 1, 2);
        at("a").getConfigurationBuilder().addRetired(id(3));
        assertThat(plan()).first().isEqualTo(new ShardStep.DropReplica("c", "c:7000", id(3)));
        assertThat(plan()).last().isInstanceOf(ShardStep.Await.class);
    }

    @Test
    void aMemberThatWasFoundDamagedMakesWayForANewOne() {
        healthyGroupOfThree();
        at("c").setState(ReplicaState.QUARANTINED);
        assertThat(plan()).containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
        at("c").setState(ReplicaState.HEALTHY);
        at("a").getConfigurationBuilder().addUnfit(id(3));
        assertThat(plan())
                .as("its group found it, and it does not know")
                .containsExactly(new ShardStep.DropReplica("c", "c:7000", id(3)));
        replicas.remove("c");
        assertThat(plan()).containsExactly(new ShardStep.PrepareMember("c", "c:7000"));
    }

    @Test
    void aDamagedLeaderLeadsNoMore() {
        healthyGroupOfThree();
        at("a").setState(ReplicaState.QUARANTINED);
        assertThat(plan()).singleElement().isInstanceOf(ShardStep.Await.class);
    }

    @Test
    void bringsTheTables() {
        healthyGroupOfThree();
        schema = SchemaDefinition.newBuilder().setVersion(5).build();
        assertThat(plan()).containsExactly(new ShardStep.DefineSchema("a", schema));
    }

    @Test
    void bringsTheTablesAfterRepairsAndBeforeWhatOneServerCanHoldUp() {
        healthyGroupOfThree();
        schema = SchemaDefinition.newBuilder().setVersion(5).build();
        preferred = "c";
        replica("d", 9, ReplicaRole.FOLLOWER);
        answering.add("d");
        assertThat(plan())
                .satisfiesExactly(
                        step -> assertThat(step)
                                .isEqualTo(new ShardStep.DefineSchema("a", Objects.requireNonNull(schema))),
                        step -> assertThat(step).isInstanceOf(ShardStep.MoveLeader.class),
                        step -> assertThat(step).isInstanceOf(ShardStep.DropReplica.class));
        leads("a", List.of(member("a", 1)), List.of(), 1);
        assertThat(plan().getFirst()).isInstanceOf(ShardStep.ChangeMembership.class);
        assertThat(plan().get(1)).isInstanceOf(ShardStep.DefineSchema.class);
        at("a").setChangeInProgress(true);
        assertThat(plan())
                .satisfiesExactly(
                        step -> assertThat(step).isInstanceOf(ShardStep.DefineSchema.class),
                        step -> assertThat(step).isInstanceOf(ShardStep.Await.class));
    }

    @Test
    void opensWhenTheTablesAreThereOrRefused() {
        healthyGroupOfThree();
        at("a").setOpen(false);
        schema = SchemaDefinition.newBuilder().setVersion(5).build();
        assertThat(plan()).containsExactly(new ShardStep.DefineSchema("a", schema));
        refused = new ShardView.RefusedTables("no", false);
        assertThat(plan())
                .containsExactly(
                        new ShardStep.Open("a"),
                        new ShardStep.Withhold(
                                Reason.TablesRefused, "version 5 of the tables is not in force here: no"));
        refused = null;
        at("a").setSchemaVersion(5);
        assertThat(plan()).containsExactly(new ShardStep.Open("a"));
    }

    @Test
    void bringsRefusedTablesAgainOnlyWhenItIsTime() {
        healthyGroupOfThree();
        schema = SchemaDefinition.newBuilder().setVersion(5).build();
        refused = new ShardView.RefusedTables("no", false);
        assertThat(plan()).noneMatch(ShardStep.DefineSchema.class::isInstance);
        refused = new ShardView.RefusedTables("no", true);
        assertThat(plan().getFirst()).isInstanceOf(ShardStep.Withhold.class);
        assertThat(plan().getLast()).isEqualTo(new ShardStep.DefineSchema("a", schema));
    }

    @Test
    void movesTheLeadershipWhereAPersonWantsIt() {
        healthyGroupOfThree();
        preferred = "c";
        assertThat(plan())
                .singleElement()
                .isInstanceOfSatisfying(
                        ShardStep.MoveLeader.class,
                        move -> assertThat(move.target()).isEqualTo(id(3)));
        preferred = "a";
        assertThat(plan()).isEmpty();
        preferred = "d";
        assertThat(plan()).singleElement().isInstanceOf(ShardStep.Withhold.class);
    }

    private void onlyAIsLeft() {
        healthyGroupOfThree();
        GroupConfiguration configuration = at("a").getConfiguration();
        at("a").setRole(ReplicaRole.CANDIDATE).setLastTerm(3);
        at("b").setConfiguration(configuration);
        replicas.remove("b");
        replicas.remove("c");
        recoverFrom = "a/" + hex(1) + "/3/20";
    }

    private String refusal() {
        assertThat(plan()).last().isInstanceOf(ShardStep.Withhold.class);
        ShardStep.Withhold withhold = (ShardStep.Withhold) plan().getLast();
        assertThat(withhold.reason()).isEqualTo(Reason.RecoveryRefused);
        return withhold.what();
    }

    /** Members on the servers whose volumes are new were made already. */
    private void othersArePrepared() {
        replica("b", 5, ReplicaRole.LEARNER);
        replica("c", 6, ReplicaRole.LEARNER);
        members.add(recorded("b", 5, MemberRole.Learner));
        members.add(recorded("c", 6, MemberRole.Learner));
    }

    @Test
    void recoversFromTheMemberThatWasNamedWhenTheOthersAreLost() {
        onlyAIsLeft();
        othersArePrepared();
        assertThat(plan())
                .containsExactly(
                        new ShardStep.Recover(new RecoveryRequest("a", hex(1), 3, 20), id(1), List.of("b", "c")));
        recoverFrom = null;
        assertThat(plan()).singleElement().isInstanceOf(ShardStep.Await.class);
    }

    @Test
    void refusesToRecoverFromAQuarantinedCopyAndSaysWhy() {
        onlyAIsLeft();
        othersArePrepared();
        at("a").setState(ReplicaState.QUARANTINED).setReason("its rows differ from those of most");
        assertThat(refusal()).contains("quarantined", "its rows differ from those of most", "Name another copy");
    }

    @Test
    void refusesToRecoverFromAnythingButTheLongestLogThatIsLeftForGood() {
        onlyAIsLeft();
        othersArePrepared();
        recoverFrom = "a/" + hex(1) + "/3/19";
        assertThat(refusal()).contains("the log of a ends at 3/20");
        recoverFrom = "a/" + hex(9) + "/3/20";
        assertThat(refusal()).contains("server a has no member " + hex(9));
        recoverFrom = "anything";
        assertThat(refusal()).contains("not of the form");
        recoverFrom = "a/" + hex(1) + "/3/20";
        answering.remove("c");
        assertThat(refusal()).contains("server c does not answer and may come back");
        answering.add("c");
        replica("b", 2, ReplicaRole.FOLLOWER);
        assertThat(refusal()).contains("enough members answer to elect a leader: 2 of 3");
        at("b").setLastTerm(4).setLastIndex(1);
        assertThat(refusal()).contains("server b has more: its log ends at 4/1");
    }

    @Test
    void aRequestToRecoverIsNothingWhileThereIsALeader() {
        healthyGroupOfThree();
        recoverFrom = "a/" + hex(1) + "/3/20";
        assertThat(plan()).isEmpty();
    }

    private void fails(ShardStep step, boolean again) {
        failed.put(step, new ShardView.FailedStep("the server said no", true, again));
    }

    @Test
    void aServerThatMakesNoMemberHoldsUpNoRepairElsewhere() {
        healthyGroupOfThree();
        replicas.remove("c");
        replica("b", 4, ReplicaRole.FOLLOWER);
        members.add(recorded("b", 4, MemberRole.Learner));
        ShardStep prepare = new ShardStep.PrepareMember("c", "c:7000");
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(), 4);
        at("a").setConfiguration(GroupConfiguration.newBuilder().addVoters(member("a", 1)));
        assertThat(plan()).containsExactly(prepare);
        fails(prepare, false);
        assertThat(plan().getFirst())
                .isEqualTo(new ShardStep.Withhold(
                        Reason.StepFailed, "it is tried again to make a member on c: the server said no"));
        assertThat(plan()).noneMatch(prepare::equals).anyMatch(ShardStep.ChangeMembership.class::isInstance);
        fails(prepare, true);
        assertThat(plan()).contains(prepare);
    }

    @Test
    void startsElsewhereWhenTheFirstServerMakesNoMember() {
        bootstrap = null;
        replica("b", 2, ReplicaRole.FOLLOWER);
        replica("c", 3, ReplicaRole.FOLLOWER);
        members.add(recorded("b", 2, MemberRole.Learner));
        members.add(recorded("c", 3, MemberRole.Learner));
        fails(new ShardStep.PrepareMember("a", "a:7000"), false);
        assertThat(plan()).last().isEqualTo(new ShardStep.RecordMembers(hex(2), members));
    }

    @Test
    void saysWhyADamagedCopyStays() {
        healthyGroupOfThree();
        at("c").setState(ReplicaState.QUARANTINED);
        answering.remove("b");
        assertThat(plan()).singleElement().isInstanceOfSatisfying(ShardStep.Withhold.class, withhold -> {
            assertThat(withhold.reason()).isEqualTo(Reason.WouldLoseQuorum);
            assertThat(withhold.what()).contains("the copy on c was found damaged");
        });
    }

    @Test
    void countsNoVoterThatItsLeaderDiscounts() {
        healthyGroupOfThree();
        replica("c", 4, ReplicaRole.LEARNER);
        members.add(recorded("c", 4, MemberRole.Learner));
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(member("c", 4)), 4);
        at("a").addProgress(MemberProgress.newBuilder().setMember(id(2)).setQuarantined(true));
        assertThat(plan())
                .first()
                .isInstanceOfSatisfying(
                        ShardStep.Withhold.class,
                        withhold -> assertThat(withhold.reason()).isEqualTo(Reason.QuorumLost));
    }

    @Test
    void triesAnotherSuccessorAndAtLastNone() {
        healthyGroupOfThree();
        placement = List.of("b", "c", "d");
        answering.add("d");
        replica("d", 4, ReplicaRole.LEARNER);
        members.add(recorded("d", 4, MemberRole.Learner));
        leads("a", List.of(member("a", 1), member("b", 2), member("c", 3)), List.of(member("d", 4)), 4);
        ShardStep toB = new ShardStep.MoveLeader("a", id(2), "a is to leave the shard");
        ShardStep toC = new ShardStep.MoveLeader("a", id(3), "a is to leave the shard");
        assertThat(plan().getFirst()).isEqualTo(toB);
        fails(toB, false);
        assertThat(plan().getFirst()).isEqualTo(toC);
        failed.clear();
        readOnly.put("b", "its volume is nearly full");
        assertThat(plan().getFirst()).isEqualTo(toC);
        fails(toC, false);
        assertThat(votersOf(plan().getFirst())).containsExactly(member("b", 2), member("c", 3), member("d", 4));
    }

    @Test
    void movesNoLeadershipToAServerThatGivesItAway() {
        healthyGroupOfThree();
        preferred = "c";
        readOnly.put("c", "its volume is nearly full");
        assertThat(plan()).singleElement().isInstanceOfSatisfying(ShardStep.Withhold.class, withhold -> {
            assertThat(withhold.reason()).isEqualTo(Reason.PreferenceUnmet);
            assertThat(withhold.what()).contains("its volume is nearly full");
        });
    }

    @Test
    void aGroupOfOneTakesItsSecondCopyInWhileTheThirdMakesNoProgress() {
        healthyGroupOfThree();
        at("a").clearProgress();
        leads("a", List.of(member("a", 1)), List.of(member("b", 2), member("c", 3)), 2);
        answering.remove("c");
        assertThat(votersOf(plan().getFirst())).containsExactly(member("a", 1), member("b", 2));
    }
}

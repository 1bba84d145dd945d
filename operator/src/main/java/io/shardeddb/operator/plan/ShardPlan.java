package io.shardeddb.operator.plan;

import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.ShardStep.Await;
import io.shardeddb.operator.plan.ShardStep.Bootstrap;
import io.shardeddb.operator.plan.ShardStep.DefineSchema;
import io.shardeddb.operator.plan.ShardStep.DropReplica;
import io.shardeddb.operator.plan.ShardStep.Open;
import io.shardeddb.operator.plan.ShardStep.PrepareMember;
import io.shardeddb.operator.plan.ShardStep.RecordMembers;
import io.shardeddb.operator.plan.ShardStep.Withhold;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The next steps of one shard, as a function of what was observed:
 *
 * <ol>
 *   <li>a member is made, and its id recorded, on each server that the placement names;
 *   <li>one of them is recorded as the starting one and then started, once in the shard's life;
 *   <li>the others join as learners, are promoted when they have caught up, and replace lost or unwanted members by one
 *       swap;
 *   <li>it is opened for writes at its full size, as soon as it has its tables;
 *   <li>replicas that no committed membership names are dropped; one that can never take part again is replaced by a
 *       new member;
 *   <li>the tables are brought to it, behind all that: tables that are refused stop no repair.
 * </ol>
 *
 * <p>Every step follows from what is observed alone, so an operator that was killed goes on where it stopped. What it
 * remembers of steps that failed only spaces their repetition, tells of it, and lets other steps go first.
 */
public final class ShardPlan {

    private ShardPlan() {}

    /** The steps to take now, in order; empty when there is nothing to do. */
    public static List<ShardStep> next(ShardView shard) {
        List<ShardStep> steps = new ArrayList<>();
        for (ShardStep step : wanted(shard)) {
            ShardView.FailedStep failed = shard.failed().get(step);
            if (failed != null && failed.told()) {
                steps.add(new Withhold(
                        Reason.StepFailed, "it is tried again to " + step.purpose() + ": " + failed.words()));
            }
            if (failed == null || failed.again()) {
                steps.add(step);
            }
        }
        return steps;
    }

    private static List<ShardStep> wanted(ShardView shard) {
        List<ShardStep> steps = new ArrayList<>(membersToPrepare(shard));
        // Members first; but a server that cannot make one holds up no repair elsewhere.
        if (!shard.failed().keySet().containsAll(steps)) {
            return steps;
        }
        Observed.Leader leader = shard.observed().leader(shard.group());
        if (leader == null) {
            steps.add(shard.started() ? RecoveryPlan.next(shard).orElseGet(() -> awaitLeader(shard)) : start(shard));
            return steps;
        }
        steps.addAll(led(shard, leader));
        return steps;
    }

    private static List<ShardStep> led(ShardView shard, Observed.Leader leader) {
        List<ShardStep> steps = new ArrayList<>();
        ReplicaStatus status = leader.status();
        if (status.getChangeInProgress()) {
            steps.addAll(tables(shard, leader));
            steps.add(new Await(Reason.MembershipChanged, "a membership change is being committed"));
            return steps;
        }
        Optional<ShardStep> membership = MembershipPlan.next(shard, leader);
        boolean waits = membership.filter(Await.class::isInstance).isPresent();
        if (!waits) {
            membership.ifPresent(steps::add);
        }
        boolean grown = membership.isEmpty() || membership.get() instanceof Withhold;
        // Without its tables it would answer every request with an error; but it does not wait for tables that are
        // refused.
        boolean tabled = shard.hasTables(status) || shard.refusedTables() != null;
        if (grown && tabled && !status.getOpen() && atFullSize(shard, status.getConfiguration())) {
            steps.add(new Open(leader.server()));
        }
        // Behind what brings copies back, and before what one server alone can hold up.
        steps.addAll(tables(shard, leader));
        if (membership.isEmpty()) {
            promote(shard, leader).ifPresent(steps::add);
        }
        damaged(shard, leader).ifPresent(steps::add);
        // Last, because nothing else must wait for a server that cannot drop its replica now.
        if (waits) {
            steps.addAll(makeWay(shard, leader));
            membership.ifPresent(steps::add);
            return steps;
        }
        steps.addAll(cleanUp(shard, status.getConfiguration()));
        steps.addAll(makeWay(shard, leader));
        awaitServers(shard).ifPresent(steps::add);
        return steps;
    }

    /**
     * Brings the tables that the shard does not have yet; those that were refused are told, and tried again now and
     * then.
     */
    private static List<ShardStep> tables(ShardView shard, Observed.Leader leader) {
        SchemaDefinition schema = shard.nextTables(leader.status());
        if (schema == null || shard.hasTables(leader.status())) {
            return List.of();
        }
        List<ShardStep> steps = new ArrayList<>();
        List<String> older = shard.older(schema);
        if (!older.isEmpty()) {
            steps.add(new Withhold(
                    Reason.OlderServers,
                    "version " + schema.getVersion() + " of the tables waits for servers of an older release: "
                            + String.join(", ", older)));
            return steps;
        }
        ShardView.RefusedTables refused = shard.refusedTables();
        if (refused != null) {
            steps.add(new Withhold(Reason.TablesRefused, refused.told(schema.getVersion())));
        }
        if (refused == null || refused.again()) {
            steps.add(new DefineSchema(leader.server(), schema));
        }
        return steps;
    }

    /** The leadership goes where a person wants it, if a healthy voter is there. */
    private static Optional<ShardStep> promote(ShardView shard, Observed.Leader leader) {
        String wanted = shard.preferredLeader();
        if (wanted == null || wanted.equals(leader.server())) {
            return Optional.empty();
        }
        Optional<GroupMember> voter = leader.status().getConfiguration().getVotersList().stream()
                .filter(member -> member.getServer().equals(wanted))
                .findFirst();
        return Optional.of(
                voter.isPresent() && mayLead(shard, leader, voter.get())
                        ? new ShardStep.MoveLeader(
                                leader.server(),
                                voter.get().getMember(),
                                "from " + leader.server() + " to " + wanted + ", which is preferred")
                        : new Withhold(
                                Reason.PreferenceUnmet,
                                "server " + wanted + ", which is to lead, " + whyNot(shard, wanted)));
    }

    private static String whyNot(ShardView shard, String server) {
        String reason = handsOver(shard.observed().servers().get(server));
        return reason.isEmpty()
                ? "has no healthy copy with a vote"
                : "would hand the leadership over at once: " + reason;
    }

    /** Whether a voter has a healthy copy, as itself and the leader say, and would keep the leadership. */
    static boolean mayLead(ShardView shard, Observed.Leader leader, GroupMember voter) {
        boolean healthy = shard.observed()
                .replica(voter.getServer(), shard.group())
                .filter(replica -> replica.getMember().equals(voter.getMember()))
                .filter(replica -> replica.getState() == ReplicaState.HEALTHY && !shard.isDamaged(replica))
                .isPresent();
        boolean behind = leader.status().getProgressList().stream()
                .anyMatch(progress -> progress.getMember().equals(voter.getMember())
                        && (progress.getQuarantined() || progress.getNeedsCopy()));
        return healthy
                && !behind
                && handsOver(shard.observed().servers().get(voter.getServer())).isEmpty();
    }

    /** Why a server gives every leadership away; empty when it keeps them. */
    private static String handsOver(@Nullable ServerStatus server) {
        if (server == null) {
            return "";
        }
        return server.getDraining() ? "it is drained" : server.getReadOnlyReason();
    }

    private static List<PrepareMember> membersToPrepare(ShardView shard) {
        List<PrepareMember> steps = new ArrayList<>();
        for (String server : shard.spec().servers()) {
            String address = shard.addresses().get(server);
            boolean answers = shard.observed().servers().containsKey(server);
            boolean free = shard.spent(server).isEmpty();
            if (!hasMember(shard, server) && address != null && answers && free) {
                steps.add(new PrepareMember(server, address));
            }
        }
        return steps;
    }

    private static boolean hasMember(ShardView shard, String server) {
        return shard.standing().stream().anyMatch(member -> member.server().equals(server));
    }

    /**
     * Drops of replicas that can never take part again, on servers that should have a copy: a new member is made there
     * afterwards.
     */
    private static List<DropReplica> makeWay(ShardView shard, Observed.Leader leader) {
        List<DropReplica> steps = new ArrayList<>();
        for (String server : shard.spec().servers()) {
            String address = shard.addresses().get(server);
            Optional<ReplicaStatus> spent = shard.spent(server);
            if (spent.isPresent() && address != null && isSpare(shard, leader, spent.get())) {
                steps.add(new DropReplica(server, address, spent.get().getMember()));
            }
        }
        return steps;
    }

    /** Damaged voters that stay, because the others that are live are too few to do without them. */
    private static Optional<Withhold> damaged(ShardView shard, Observed.Leader leader) {
        List<String> staying = leader.status().getConfiguration().getVotersList().stream()
                .filter(voter -> shard.observed()
                        .replica(voter.getServer(), shard.group())
                        .filter(replica -> replica.getMember().equals(voter.getMember()))
                        .filter(replica -> shard.isDamaged(replica) && !isSpare(shard, leader, replica))
                        .isPresent())
                .map(GroupMember::getServer)
                .toList();
        return staying.isEmpty()
                ? Optional.empty()
                : Optional.of(new Withhold(
                        Reason.WouldLoseQuorum,
                        "the copy on " + String.join(", ", staying) + " was found damaged, and is not replaced while"
                                + " the other voters that are live make no quorum"));
    }

    /**
     * Whether the group can do without what a replica holds: it has voted the member out, or the other voters that are
     * live make both quorums. A damaged replica may still be the best that is left where they do not.
     */
    private static boolean isSpare(ShardView shard, Observed.Leader leader, ReplicaStatus spent) {
        if (shard.retired(spent.getMember())) {
            return true;
        }
        GroupConfiguration current = leader.status().getConfiguration();
        int needed = Math.max(
                Quorum.commit(current.getVotersCount(), current.getFaultTolerance()),
                Quorum.election(current.getVotersCount(), current.getFaultTolerance()));
        long others = current.getVotersList().stream()
                .filter(voter -> !voter.getMember().equals(spent.getMember()))
                .filter(voter -> shard.member(voter.getMember())
                        .filter(member -> shard.fate(member) == ShardView.Fate.LIVE)
                        .isPresent())
                .count();
        return others >= needed;
    }

    /** What is missing and cannot be made yet. */
    private static Optional<Await> awaitServers(ShardView shard) {
        List<String> silent = shard.spec().servers().stream()
                .filter(server -> !hasMember(shard, server))
                .filter(server -> !shard.observed().servers().containsKey(server))
                .toList();
        return silent.isEmpty()
                ? Optional.empty()
                : Optional.of(new Await(
                        Reason.ServerUnreachable,
                        "a copy is to be made where no server answers yet: " + String.join(", ", silent)));
    }

    private static ShardStep start(ShardView shard) {
        List<ShardReplicaSpec> standing = shard.standing();
        if (standing.isEmpty()) {
            return new Await(Reason.ServersStarting, "no server of the shard answers yet");
        }
        String chosen = shard.spec().bootstrapMember();
        if (chosen == null) {
            boolean othersComing = standing.size() < shard.spec().servers().size()
                    && !cannotPrepare(shard, shard.spec().servers().getFirst())
                    && !standing.getFirst()
                            .server()
                            .equals(shard.spec().servers().getFirst());
            if (othersComing) {
                return new Await(
                        Reason.ServersStarting,
                        "server " + shard.spec().servers().getFirst()
                                + ", where the shard shall start, does not answer yet");
            }
            return new RecordMembers(
                    standing.getFirst().memberId(), shard.spec().replicas());
        }
        Optional<ShardReplicaSpec> member = shard.spec().replicas().stream()
                .filter(replica -> chosen.equals(replica.memberId()))
                .findFirst();
        boolean somebodySilent = shard.addresses().keySet().stream()
                .anyMatch(server -> !shard.observed().servers().containsKey(server));
        if (member.isEmpty() && somebodySilent) {
            return new Await(
                    Reason.ServerUnreachable, "the member that started the shard may be on a server that is silent");
        }
        if (member.isEmpty() || shard.fate(member.get()) == ShardView.Fate.LOST) {
            return new Withhold(
                    Reason.LastCopy,
                    "member " + chosen + " started the shard and is gone, and no other server has a copy: "
                            + "the shard is not started again, because its rows would silently be missing");
        }
        if (shard.fate(member.get()) == ShardView.Fate.SILENT) {
            return new Await(Reason.ServerUnreachable, "server " + member.get().server() + " does not answer");
        }
        SchemaDefinition schema = shard.schema();
        return new Bootstrap(
                member.get(), schema == null || !shard.older(schema).isEmpty() ? null : schema);
    }

    private static boolean cannotPrepare(ShardView shard, String server) {
        String address = shard.addresses().get(server);
        return address != null && shard.failed().containsKey(new PrepareMember(server, address));
    }

    private static ShardStep awaitLeader(ShardView shard) {
        List<String> silent = shard.spec().replicas().stream()
                .filter(member -> member.memberId() != null && shard.fate(member) != ShardView.Fate.LIVE)
                .map(member ->
                        member.server() + " (" + shard.fate(member).name().toLowerCase(java.util.Locale.ROOT) + ")")
                .toList();
        return new Await(
                Reason.QuorumLost,
                silent.isEmpty()
                        ? "the members are electing a leader"
                        : "no leader; not live: " + String.join(", ", silent));
    }

    private static boolean atFullSize(ShardView shard, GroupConfiguration configuration) {
        Set<String> holding = new HashSet<>();
        for (GroupMember voter : configuration.getVotersList()) {
            holding.add(voter.getServer());
        }
        return holding.containsAll(shard.spec().servers());
    }

    /** Replicas to drop, and the members as they should be recorded now. */
    private static List<ShardStep> cleanUp(ShardView shard, GroupConfiguration configuration) {
        Set<String> named = ids(configuration);
        List<ShardStep> steps = new ArrayList<>();
        List<ShardReplicaSpec> members = new ArrayList<>();
        for (ShardReplicaSpec member : shard.spec().replicas()) {
            String id = Objects.requireNonNullElse(member.memberId(), "");
            boolean standing = shard.standing().contains(member);
            if (named.contains(id) || standing) {
                members.add(withRole(member, configuration));
            } else if (shard.fate(member) == ShardView.Fate.LIVE) {
                members.add(member);
                if (!shard.wanted(member.server())) {
                    steps.add(new DropReplica(member.server(), member.address(), Uids.parse(id)));
                }
            } else if (shard.fate(member) == ShardView.Fate.SILENT) {
                members.add(member);
            }
        }
        steps.addAll(strays(shard, named));
        if (!members.equals(shard.spec().replicas())) {
            steps.add(new RecordMembers(shard.spec().bootstrapMember(), members));
        }
        return steps;
    }

    private static List<ShardStep> strays(ShardView shard, Set<String> named) {
        List<ShardStep> steps = new ArrayList<>();
        for (String server : shard.observed().servers().keySet()) {
            ReplicaStatus replica =
                    shard.observed().replica(server, shard.group()).orElse(null);
            String address = shard.addresses().get(server);
            if (replica == null || address == null || shard.wanted(server)) {
                continue;
            }
            String id = Uids.format(replica.getMember());
            boolean recorded = shard.member(replica.getMember()).isPresent();
            if (!named.contains(id) && !recorded && replica.getState() != ReplicaState.COPYING) {
                steps.add(new DropReplica(server, address, replica.getMember()));
            }
        }
        return steps;
    }

    private static ShardReplicaSpec withRole(ShardReplicaSpec member, GroupConfiguration configuration) {
        Uid id = Uids.parse(Objects.requireNonNull(member.memberId()));
        boolean votes = configuration.getVotersList().stream()
                .anyMatch(voter -> voter.getMember().equals(id));
        MemberRole role = votes ? MemberRole.Voter : MemberRole.Learner;
        return new ShardReplicaSpec(member.server(), member.address(), member.memberId(), member.volumeId(), role);
    }

    private static Set<String> ids(GroupConfiguration configuration) {
        Set<String> ids = new HashSet<>();
        configuration.getVotersList().forEach(member -> ids.add(Uids.format(member.getMember())));
        configuration.getLearnersList().forEach(member -> ids.add(Uids.format(member.getMember())));
        configuration.getOutgoingVotersList().forEach(member -> ids.add(Uids.format(member.getMember())));
        return ids;
    }

    /** The first step that says why the shard waits or is held back, if any. */
    public static @Nullable ShardStep obstacle(List<ShardStep> steps) {
        return steps.stream()
                .filter(step -> step instanceof Await || step instanceof Withhold)
                .findFirst()
                .orElse(null);
    }
}

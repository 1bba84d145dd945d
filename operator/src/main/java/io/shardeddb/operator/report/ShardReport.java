package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.ShardPlan;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.ShardView;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A shard's status as a function of what was observed and planned. */
public final class ShardReport {

    private static final String UNAVAILABLE = "unavailable";
    private static final String DEGRADED = "degraded";
    private static final String UNSAFE = "unsafe";

    private ShardReport() {}

    /**
     * What is told of a shard.
     *
     * @param status the status
     * @param held whether a verdict for the worse is held back, because it may be over in a moment
     * @param hysteresis to be handed to the next reconcile
     */
    public record Told(ShardStatus status, boolean held, Hysteresis hysteresis) {}

    /**
     * The status now. Facts (leader, replicas) are as observed; verdicts for the worse are told when they have stood
     * for longer than a moment, or were told already.
     *
     * @param hysteresis what the last reconcile handed on
     */
    public static Told of(
            Shard shard, ShardView view, List<ShardStep> steps, Hysteresis hysteresis, InstantSource clock) {
        Observed.Leader leader = view.observed().leader(view.group());
        List<ShardReplicaStatus> replicas = ReplicaReport.of(view);
        // Only who votes counts: a member that was removed may be in good health, and nothing is acknowledged by it any
        // more.
        long healthy = ReplicaReport.membership(view).getVotersList().stream()
                .filter(voter -> isHealthy(voter, view))
                .count();
        int wanted = view.spec().servers().size();
        ShardPhase found = phase(shard, view, leader, healthy, wanted);
        Optional<ShardStep.Withhold> withheld = withheld(steps);
        Instant now = clock.instant();
        Hysteresis standing = hysteresis.after(verdicts(found, healthy >= 2, withheld), now);
        ShardStatus before = shard.getStatus();
        long generation = Objects.requireNonNullElse(shard.getMetadata().getGeneration(), 0L);
        Conditions conditions = new Conditions(before == null ? List.of() : before.conditions(), generation, clock);
        ShardPhase phase = told(found, before, generation, standing, now);
        if (phase == ShardPhase.Ready && !hasTables(view, leader, before)) {
            tables(conditions, view);
        } else {
            ready(conditions, phase, phase != found, before, ShardPlan.obstacle(steps));
        }
        boolean safe = healthy >= 2
                || (before != null && holds(before, ConditionType.DataSafe) && !standing.stood(UNSAFE, now));
        conditions.set(
                ConditionType.DataSafe,
                safe,
                safe ? Reason.AllCopies : wanted == 1 ? Reason.SingleCopy : Reason.MissingCopies,
                healthy + " of " + wanted + " copies are healthy");
        Optional<ShardStep.Withhold> said = withheld.filter(step -> !Hysteresis.mayPass(step.reason())
                || standing.stood(verdict(step), now)
                || says(before, step.reason()));
        conditions.set(
                ConditionType.Withheld,
                said.isPresent(),
                said.map(ShardStep.Withhold::reason).orElse(Reason.NothingWithheld),
                said.map(ShardStep.Withhold::what).orElse("nothing is withheld"));
        ReplicaStatus status = leader == null ? null : leader.status();
        boolean held = phase != found || safe != healthy >= 2 || !said.equals(withheld);
        return new Told(
                new ShardStatus(
                        generation,
                        phase,
                        leader == null ? null : leader.server(),
                        status == null ? last(before, ShardStatus::term) : (Long) status.getTerm(),
                        status == null ? last(before, ShardStatus::commitIndex) : (Long) status.getCommitIndex(),
                        status == null
                                ? last(before, ShardStatus::configurationIndex)
                                : (Long) status.getConfigurationIndex(),
                        status == null ? last(before, ShardStatus::schemaVersion) : (Long) status.getSchemaVersion(),
                        replicas,
                        conditions.list()),
                held,
                standing);
    }

    /** What the last leader was seen to have: it is what remains known while there is none. */
    private static @Nullable Long last(@Nullable ShardStatus before, Function<ShardStatus, @Nullable Long> figure) {
        return before == null ? null : figure.apply(before);
    }

    private static Optional<ShardStep.Withhold> withheld(List<ShardStep> steps) {
        return steps.stream()
                .filter(ShardStep.Withhold.class::isInstance)
                .map(ShardStep.Withhold.class::cast)
                .findFirst();
    }

    private static Set<String> verdicts(ShardPhase phase, boolean safe, Optional<ShardStep.Withhold> withheld) {
        Set<String> verdicts = new HashSet<>();
        if (phase == ShardPhase.Unavailable) {
            verdicts.add(UNAVAILABLE);
        }
        if (phase == ShardPhase.Unavailable || phase == ShardPhase.Degraded) {
            verdicts.add(DEGRADED);
        }
        if (!safe) {
            verdicts.add(UNSAFE);
        }
        withheld.ifPresent(step -> verdicts.add(verdict(step)));
        return verdicts;
    }

    private static String verdict(ShardStep.Withhold step) {
        return "withheld: " + step.reason();
    }

    /** The phase to tell: a worse one than before only when it has stood. */
    private static ShardPhase told(
            ShardPhase found, @Nullable ShardStatus before, long generation, Hysteresis standing, Instant now) {
        boolean worse = found == ShardPhase.Unavailable || found == ShardPhase.Degraded;
        if (!worse || before == null) {
            return found;
        }
        ShardPhase last = before.phase();
        if (found == ShardPhase.Unavailable && (last == found || standing.stood(UNAVAILABLE, now))) {
            return found;
        }
        boolean knownWorse = last == ShardPhase.Degraded || last == ShardPhase.Unavailable;
        if (knownWorse || standing.stood(DEGRADED, now)) {
            return ShardPhase.Degraded;
        }
        // All copies where they were asked for by an earlier spec say nothing about the spec of now.
        boolean sameSpec = Objects.equals(before.observedGeneration(), generation);
        return last == ShardPhase.Ready && !sameSpec ? ShardPhase.Growing : last;
    }

    private static void ready(
            Conditions conditions,
            ShardPhase phase,
            boolean held,
            @Nullable ShardStatus before,
            @Nullable ShardStep obstacle) {
        boolean ready = phase == ShardPhase.Ready;
        Condition last = before == null || !held || ready
                ? null
                : find(before, ConditionType.Ready)
                        .filter(condition -> "False".equals(condition.getStatus()))
                        .orElse(null);
        if (last != null) {
            conditions.set(ConditionType.Ready, false, Reason.valueOf(last.getReason()), last.getMessage());
            return;
        }
        ShardStep why = held ? null : obstacle;
        conditions.set(
                ConditionType.Ready,
                ready,
                ready ? Reason.AllReady : readyReason(why),
                ready ? "all copies serve" : words(why, phase));
    }

    /** Whether the shard has the tables wanted; while nobody leads, as the last leader was seen to have them. */
    private static boolean hasTables(ShardView view, Observed.@Nullable Leader leader, @Nullable ShardStatus before) {
        Long known = leader == null
                ? last(before, ShardStatus::schemaVersion)
                : (Long) leader.status().getSchemaVersion();
        SchemaDefinition wanted = view.schema();
        return wanted == null || (known != null && known >= wanted.getVersion());
    }

    /** All copies serve, but not yet the tables that are wanted. */
    private static void tables(Conditions conditions, ShardView view) {
        long version = view.schema() == null ? 0 : view.schema().getVersion();
        ShardView.RefusedTables refused = view.refusedTables();
        conditions.set(
                ConditionType.Ready,
                false,
                refused == null ? Reason.ShardsGrowing : Reason.TablesRefused,
                refused == null
                        ? "version " + version + " of the tables is being brought to the shard"
                        : refused.told(version));
    }

    private static boolean says(@Nullable ShardStatus before, Reason reason) {
        return before != null
                && find(before, ConditionType.Withheld)
                        .filter(condition -> reason.name().equals(condition.getReason()))
                        .isPresent();
    }

    /**
     * Whether a shard has all its copies, as far as its status speaks of its spec as it is now. Its tables do not
     * matter here: what is done with settled shards only, such as restarts, goes on while tables are brought or
     * refused.
     */
    public static boolean settled(@Nullable Shard shard) {
        return shard != null
                && shard.getStatus() != null
                && shard.getStatus().phase() == ShardPhase.Ready
                && Objects.equals(
                        shard.getStatus().observedGeneration(),
                        shard.getMetadata().getGeneration());
    }

    /** Whether all copies that a shard has are healthy, wherever they should be. */
    public static boolean serves(Shard shard) {
        return shard.getStatus() != null
                && (shard.getStatus().phase() == ShardPhase.Ready
                        || shard.getStatus().phase() == ShardPhase.Growing);
    }

    /** Whether a condition of a shard holds. */
    public static boolean holds(Shard shard, ConditionType type) {
        return shard.getStatus() != null && holds(shard.getStatus(), type);
    }

    private static boolean holds(ShardStatus status, ConditionType type) {
        return find(status, type)
                .filter(condition -> "True".equals(condition.getStatus()))
                .isPresent();
    }

    /** What a shard holds back, if anything. */
    public static Optional<Refusal> withheld(Shard shard) {
        return shard.getStatus() == null ? Optional.empty() : withheld(shard, shard.getStatus());
    }

    /** What a shard holds back by a status that is to be its own. */
    public static Optional<Refusal> withheld(Shard shard, ShardStatus status) {
        return find(status, ConditionType.Withheld)
                .filter(condition -> "True".equals(condition.getStatus()))
                .map(condition -> new Refusal(
                        "shard " + shard.getSpec().name(),
                        Reason.valueOf(condition.getReason()),
                        condition.getMessage()));
    }

    private static Optional<Condition> find(ShardStatus status, ConditionType type) {
        return status.conditions().stream()
                .filter(condition -> type.name().equals(condition.getType()))
                .findFirst();
    }

    private static ShardPhase phase(
            Shard shard, ShardView view, Observed.@Nullable Leader leader, long healthy, int wanted) {
        if (shard.getMetadata().getDeletionTimestamp() != null) {
            return ShardPhase.Deleting;
        }
        if (leader == null) {
            return view.started()
                            || (shard.getStatus() != null && shard.getStatus().term() != null)
                    ? ShardPhase.Unavailable
                    : ShardPhase.Pending;
        }
        if (!leader.status().getOpen()) {
            return ShardPhase.Growing;
        }
        GroupConfiguration configuration = leader.status().getConfiguration();
        boolean allServe = configuration.getVotersList().stream().allMatch(voter -> isHealthy(voter, view));
        if (!allServe) {
            return ShardPhase.Degraded;
        }
        List<String> voting = configuration.getVotersList().stream()
                .map(GroupMember::getServer)
                .sorted()
                .toList();
        boolean complete = healthy >= wanted
                && voting.equals(view.spec().servers().stream().sorted().toList())
                && !leader.status().getChangeInProgress();
        return complete ? ShardPhase.Ready : ShardPhase.Growing;
    }

    private static boolean isHealthy(GroupMember voter, ShardView view) {
        return view.observed()
                .replica(voter.getServer(), view.group())
                .filter(replica -> replica.getMember().equals(voter.getMember()))
                .filter(replica -> replica.getState() == ReplicaState.HEALTHY && !view.isDamaged(replica))
                .isPresent();
    }

    private static Reason readyReason(@Nullable ShardStep obstacle) {
        return switch (obstacle) {
            case ShardStep.Await await -> await.reason();
            case ShardStep.Withhold withhold -> withhold.reason();
            case null, default -> Reason.ShardsGrowing;
        };
    }

    private static String words(@Nullable ShardStep obstacle, ShardPhase phase) {
        return switch (obstacle) {
            case ShardStep.Await await -> await.what();
            case ShardStep.Withhold withhold -> withhold.what();
            case null, default -> "the shard is " + phase.name().toLowerCase(Locale.ROOT);
        };
    }

    /**
     * Whether a status differs in more than what moves all the time: those figures alone are written at most every ten
     * seconds.
     */
    public static boolean material(@Nullable ShardStatus before, ShardStatus now) {
        return before == null || !without(before, true).equals(without(now, true));
    }

    /** Whether its figures differ; times, which never stand still, do not count. */
    public static boolean moved(@Nullable ShardStatus before, ShardStatus now) {
        return before == null || !without(before, false).equals(without(now, false));
    }

    private static ShardStatus without(ShardStatus status, boolean figures) {
        List<ShardReplicaStatus> replicas = status.replicas().stream()
                .map(replica -> new ShardReplicaStatus(
                        replica.server(),
                        replica.memberId(),
                        replica.role(),
                        replica.state(),
                        figures ? null : replica.matchIndex(),
                        figures ? null : replica.appliedIndex(),
                        figures ? null : replica.lag(),
                        null,
                        null,
                        replica.logEnd(),
                        // That a copy is being filled is news when it begins and when it ends; how far it is, is a
                        // figure.
                        figures && replica.copy() != null ? "" : replica.copy(),
                        replica.message()))
                .toList();
        return new ShardStatus(
                status.observedGeneration(),
                status.phase(),
                status.leader(),
                status.term(),
                figures ? null : status.commitIndex(),
                status.configurationIndex(),
                status.schemaVersion(),
                replicas,
                status.conditions());
    }
}

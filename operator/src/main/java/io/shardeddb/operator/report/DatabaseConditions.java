package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.operator.plan.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The five conditions of a database as a function of a few facts. Each condition has one reason at a time, the most
 * urgent one.
 */
public final class DatabaseConditions {

    private final Facts facts;
    private final Conditions conditions;

    private DatabaseConditions(Facts facts, Conditions conditions) {
        this.facts = facts;
        this.conditions = conditions;
    }

    /**
     * One shard.
     *
     * @param copies servers that should hold it
     */
    public record ShardFacts(String name, ShardPhase phase, boolean safe, int copies) {}

    /**
     * What the conditions speak of.
     *
     * @param paused whether the operator is to keep its hands off
     * @param heldBack what the spec asks for and is not done because of that; absent: nothing
     * @param violations why the spec is refused; empty when it is good
     * @param hasGoodSpec whether a spec is in force
     * @param servers servers wanted
     * @param shards shards wanted
     * @param routers routers wanted
     * @param leaving servers that exist and are no longer wanted
     * @param readOnly servers that take no writes, each with why
     * @param tables how far a change of the tables is; absent: there is none
     * @param pending what is on its way although all is there; absent: nothing
     * @param failure why a step failed just now
     */
    public record Facts(
            boolean paused,
            @Nullable String heldBack,
            List<String> violations,
            boolean hasGoodSpec,
            int servers,
            int readyServers,
            int shards,
            int readyShards,
            int routers,
            int readyRouters,
            List<String> leaving,
            List<String> readOnly,
            List<ShardFacts> shardFacts,
            List<Refusal> refusals,
            @Nullable Disruption disruption,
            @Nullable String tables,
            @Nullable String pending,
            @Nullable String failure) {}

    /** All five, in a fixed order. */
    public static List<Condition> of(Facts facts, Conditions conditions) {
        DatabaseConditions all = new DatabaseConditions(facts, conditions);
        all.ready();
        all.progressing();
        all.degraded();
        all.dataSafe();
        all.withheld();
        return conditions.list();
    }

    private void set(ConditionType type, boolean holds, Reason reason, String message) {
        conditions.set(type, holds, reason, message);
    }

    private void ready() {
        if (!facts.violations().isEmpty()) {
            set(
                    ConditionType.Ready,
                    false,
                    Reason.InvalidSpec,
                    String.join("; ", facts.violations())
                            + (facts.hasGoodSpec() ? "; the last good spec stays in force" : "; nothing was made"));
            return;
        }
        String missing = missing();
        List<Refusal> tables = facts.refusals().stream()
                .filter(refusal -> refusal.reason() == Reason.TablesRefused)
                .toList();
        if (!missing.isEmpty() && missingReason() == Reason.ShardsGrowing && !tables.isEmpty()) {
            set(ConditionType.Ready, false, Reason.TablesRefused, missing + "; " + words(tables));
            return;
        }
        if (!missing.isEmpty()) {
            set(ConditionType.Ready, false, missingReason(), missing);
            return;
        }
        List<Refusal> tooFew = facts.refusals().stream()
                .filter(refusal -> refusal.reason() == Reason.NotEnoughServers
                        && refusal.about().startsWith("shard "))
                .toList();
        if (!tooFew.isEmpty()) {
            set(ConditionType.Ready, false, Reason.NotEnoughServers, words(tooFew));
            return;
        }
        if (facts.heldBack() != null) {
            set(ConditionType.Ready, false, Reason.Paused, "not done while spec.paused is true: " + facts.heldBack());
            return;
        }
        set(ConditionType.Ready, true, Reason.AllReady, "all servers, shards and routers are ready");
    }

    private void progressing() {
        String missing = missing();
        boolean late = facts.refusals().stream().anyMatch(refusal -> refusal.reason() == Reason.RollingPaused);
        if (facts.paused()) {
            set(ConditionType.Progressing, false, Reason.Paused, "spec.paused is true: nothing is changed");
        } else if (facts.failure() != null) {
            set(ConditionType.Progressing, true, Reason.StepFailed, facts.failure());
        } else if (late) {
            set(ConditionType.Progressing, false, Reason.RollingPaused, rolling());
        } else if (facts.disruption() != null && facts.disruption().pod() != null) {
            set(ConditionType.Progressing, true, Reason.RollingServers, andTables(rolling()));
        } else if (!facts.leaving().isEmpty()) {
            set(
                    ConditionType.Progressing,
                    true,
                    Reason.DrainingServer,
                    andTables("draining " + String.join(", ", facts.leaving())));
        } else if (facts.tables() != null && (missing.isEmpty() || missingReason() == Reason.ShardsGrowing)) {
            set(ConditionType.Progressing, true, Reason.ChangingTables, facts.tables());
        } else if (!missing.isEmpty()) {
            set(ConditionType.Progressing, true, missingReason(), andTables(missing));
        } else if (facts.pending() != null) {
            set(ConditionType.Progressing, true, Reason.ChangesPending, facts.pending());
        } else {
            set(ConditionType.Progressing, false, Reason.Settled, "nothing is in progress");
        }
    }

    /** Tables that change are told whatever else is on its way. */
    private String andTables(String what) {
        return facts.tables() == null ? what : what + "; " + facts.tables();
    }

    private String rolling() {
        Disruption disruption = facts.disruption();
        return disruption == null
                ? "rolling the servers"
                : "restarting server " + disruption.server() + " since " + disruption.since() + ": "
                        + disruption.reason();
    }

    private void degraded() {
        List<ShardFacts> worse = facts.shardFacts().stream()
                .filter(shard -> shard.phase() == ShardPhase.Degraded || shard.phase() == ShardPhase.Unavailable)
                .toList();
        if (worse.isEmpty() && !facts.readOnly().isEmpty()) {
            set(ConditionType.Degraded, true, Reason.ServerReadOnly, String.join("; ", facts.readOnly()));
            return;
        }
        if (worse.isEmpty()) {
            set(ConditionType.Degraded, false, Reason.AllCopies, "every shard that exists serves with all its copies");
            return;
        }
        boolean lost = worse.stream().anyMatch(shard -> shard.phase() == ShardPhase.Unavailable);
        set(
                ConditionType.Degraded,
                true,
                lost ? Reason.QuorumLost : Reason.MissingCopies,
                Stream.concat(
                                worse.stream().map(shard -> shard.name() + " is " + shard.phase()),
                                facts.readOnly().stream())
                        .collect(Collectors.joining("; ")));
    }

    private void dataSafe() {
        List<ShardFacts> unsafe =
                facts.shardFacts().stream().filter(shard -> !shard.safe()).toList();
        if (unsafe.isEmpty()) {
            set(ConditionType.DataSafe, true, Reason.AllCopies, "every shard has at least two healthy copies");
            return;
        }
        boolean single = unsafe.stream().allMatch(shard -> shard.copies() <= 1);
        set(
                ConditionType.DataSafe,
                false,
                single ? Reason.SingleCopy : Reason.MissingCopies,
                "fewer than two healthy copies: "
                        + unsafe.stream().map(ShardFacts::name).collect(Collectors.joining(", ")));
    }

    private void withheld() {
        if (facts.refusals().isEmpty()) {
            set(ConditionType.Withheld, false, Reason.NothingWithheld, "nothing is withheld");
        } else {
            set(ConditionType.Withheld, true, facts.refusals().getFirst().reason(), words(facts.refusals()));
        }
    }

    private static String words(List<Refusal> refusals) {
        return refusals.stream().map(Refusal::toString).collect(Collectors.joining("; "));
    }

    private String missing() {
        List<String> parts = new ArrayList<>();
        if (facts.readyServers() < facts.servers()) {
            parts.add(facts.readyServers() + " of " + facts.servers() + " servers are ready");
        }
        if (facts.readyShards() < facts.shards()) {
            parts.add(facts.readyShards() + " of " + facts.shards() + " shards are ready");
        }
        if (facts.readyRouters() < facts.routers()) {
            parts.add(facts.readyRouters() + " of " + facts.routers() + " routers are ready");
        }
        return String.join(", ", parts);
    }

    private Reason missingReason() {
        if (facts.shardFacts().stream().anyMatch(shard -> shard.phase() == ShardPhase.Unavailable)) {
            return Reason.QuorumLost;
        }
        if (facts.readyServers() < facts.servers()) {
            return facts.disruption() != null && facts.disruption().pod() != null
                    ? Reason.RollingServers
                    : Reason.ServersStarting;
        }
        return facts.readyShards() < facts.shards() ? Reason.ShardsGrowing : Reason.RoutersStarting;
    }
}

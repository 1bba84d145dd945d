package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.operator.plan.Refusal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DatabaseConditionsTest {

    private boolean paused;
    private @Nullable String heldBack;
    private List<String> violations = List.of();
    private int readyServers = 3;
    private int readyShards = 2;
    private int readyRouters = 1;
    private List<String> leaving = List.of();
    private List<String> readOnly = List.of();
    private ShardPhase phase = ShardPhase.Ready;
    private boolean safe = true;
    private int copies = 3;
    private List<Refusal> refusals = List.of();
    private @Nullable Disruption disruption;
    private @Nullable String tables;
    private @Nullable String pending;
    private @Nullable String failure;
    private List<Condition> before = List.of();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private List<Condition> conditions() {
        return DatabaseConditions.of(
                new DatabaseConditions.Facts(
                        paused,
                        heldBack,
                        violations,
                        true,
                        3,
                        readyServers,
                        2,
                        readyShards,
                        1,
                        readyRouters,
                        leaving,
                        readOnly,
                        List.of(
                                new DatabaseConditions.ShardFacts("one", ShardPhase.Ready, true, 3),
                                new DatabaseConditions.ShardFacts("two", phase, safe, copies)),
                        refusals,
                        disruption,
                        tables,
                        pending,
                        failure),
                new Conditions(before, 7, () -> now));
    }

    private String shown(ConditionType type) {
        Condition found = conditions().stream()
                .filter(condition -> condition.getType().equals(type.name()))
                .findFirst()
                .orElseThrow();
        assertThat(found.getObservedGeneration()).isEqualTo(7);
        return found.getStatus() + " " + found.getReason();
    }

    private void expect(String ready, String progressing, String degraded, String dataSafe, String withheld) {
        assertThat(List.of(
                        shown(ConditionType.Ready),
                        shown(ConditionType.Progressing),
                        shown(ConditionType.Degraded),
                        shown(ConditionType.DataSafe),
                        shown(ConditionType.Withheld)))
                .containsExactly(ready, progressing, degraded, dataSafe, withheld);
    }

    @Test
    void allIsWell() {
        expect("True AllReady", "False Settled", "False AllCopies", "True AllCopies", "False NothingWithheld");
    }

    @Test
    void serversStartThenShardsGrowThenRoutersStart() {
        readyServers = 1;
        readyShards = 0;
        readyRouters = 0;
        assertThat(shown(ConditionType.Ready)).isEqualTo("False ServersStarting");
        assertThat(shown(ConditionType.Progressing)).isEqualTo("True ServersStarting");
        readyServers = 3;
        assertThat(shown(ConditionType.Ready)).isEqualTo("False ShardsGrowing");
        readyShards = 2;
        assertThat(shown(ConditionType.Ready)).isEqualTo("False RoutersStarting");
    }

    @Test
    void aShardWithoutALeaderIsMoreUrgentThanAServerThatStarts() {
        readyServers = 1;
        readyShards = 1;
        phase = ShardPhase.Unavailable;
        safe = false;
        expect(
                "False QuorumLost",
                "True QuorumLost",
                "True QuorumLost",
                "False MissingCopies",
                "False NothingWithheld");
    }

    @Test
    void aChangeThatIsOnItsWayIsProgress() {
        pending = "to be restarted with their new template: server-1";
        expect("True AllReady", "True ChangesPending", "False AllCopies", "True AllCopies", "False NothingWithheld");
    }

    @Test
    void aMissingCopyDegradesAndIsSafeWhileTwoAreLeft() {
        readyShards = 1;
        phase = ShardPhase.Degraded;
        expect(
                "False ShardsGrowing",
                "True ShardsGrowing",
                "True MissingCopies",
                "True AllCopies",
                "False NothingWithheld");
    }

    @Test
    void aReadOnlyServerDegradesAndMissingCopiesAreMoreUrgent() {
        readOnly = List.of("server-1: little room");
        expect("True AllReady", "False Settled", "True ServerReadOnly", "True AllCopies", "False NothingWithheld");
        phase = ShardPhase.Degraded;
        assertThat(shown(ConditionType.Degraded)).isEqualTo("True MissingCopies");
        assertThat(conditions())
                .anySatisfy(condition ->
                        assertThat(condition.getMessage()).isEqualTo("two is Degraded; server-1: little room"));
    }

    @Test
    void oneCopyIsReadyAndNotSafe() {
        safe = false;
        copies = 1;
        expect("True AllReady", "False Settled", "False AllCopies", "False SingleCopy", "False NothingWithheld");
    }

    @Test
    void aBadSpecIsNotReadyAndTheLastGoodOneGoesOn() {
        violations = List.of("spec.x: bad");
        expect("False InvalidSpec", "False Settled", "False AllCopies", "True AllCopies", "False NothingWithheld");
        leaving = List.of("server-3");
        assertThat(shown(ConditionType.Progressing)).isEqualTo("True DrainingServer");
    }

    @Test
    void aPausedOneMakesNoProgress() {
        paused = true;
        readyServers = 2;
        expect("False ServersStarting", "False Paused", "False AllCopies", "True AllCopies", "False NothingWithheld");
    }

    @Test
    void aPausedOneIsNotReadyForWhatItHoldsBack() {
        paused = true;
        expect("True AllReady", "False Paused", "False AllCopies", "True AllCopies", "False NothingWithheld");
        heldBack = "servers.count from 3 to 5";
        expect("False Paused", "False Paused", "False AllCopies", "True AllCopies", "False NothingWithheld");
    }

    @Test
    void rollingIsProgressUntilHealthDoesNotReturn() {
        disruption = new Disruption("server-1", "pod", "its template changed", "2026-01-01T00:00:00Z");
        readyServers = 2;
        assertThat(shown(ConditionType.Ready)).isEqualTo("False RollingServers");
        assertThat(shown(ConditionType.Progressing)).isEqualTo("True RollingServers");
        refusals = List.of(new Refusal("server server-1", Reason.RollingPaused, "not ready"));
        assertThat(shown(ConditionType.Progressing)).isEqualTo("False RollingPaused");
        assertThat(shown(ConditionType.Withheld)).isEqualTo("True RollingPaused");
    }

    @Test
    void aFailedStepIsShown() {
        failure = "writing StatefulSet x: forbidden";
        expect("True AllReady", "True StepFailed", "False AllCopies", "True AllCopies", "False NothingWithheld");
    }

    @Test
    void tooFewServersForTheCopiesAskedForIsNotReady() {
        refusals = List.of(new Refusal("shard two", Reason.NotEnoughServers, "5 copies are asked for"));
        expect("False NotEnoughServers", "False Settled", "False AllCopies", "True AllCopies", "True NotEnoughServers");
        refusals = List.of(new Refusal("server server-3", Reason.NotEnoughServers, "must stay"));
        assertThat(shown(ConditionType.Ready)).isEqualTo("True AllReady");
    }

    @Test
    void aConditionKeepsTheTimeOfItsLastChange() {
        before = conditions();
        now = now.plusSeconds(60);
        readyServers = 2;
        assertThat(conditions().getFirst().getLastTransitionTime()).isEqualTo("2026-01-01T00:01:00Z");
        assertThat(conditions().getLast().getLastTransitionTime()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void aChangeOfTablesIsToldBesidesWhatIsMoreUrgent() {
        tables = "version 7 of the tables: made on 1 of 2 shards";
        assertThat(message(ConditionType.Progressing)).isEqualTo("ChangingTables " + tables);
        readyShards = 1;
        assertThat(message(ConditionType.Progressing)).isEqualTo("ChangingTables " + tables);
        readyServers = 2;
        assertThat(message(ConditionType.Progressing))
                .startsWith("ServersStarting 2 of 3")
                .endsWith("; " + tables);
    }

    private String message(ConditionType type) {
        Condition found = conditions().stream()
                .filter(condition -> condition.getType().equals(type.name()))
                .findFirst()
                .orElseThrow();
        return found.getReason() + " " + found.getMessage();
    }
}

package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ServerStatus;
import io.shardeddb.crds.ShardedDatabaseStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatusTurnsTest {

    private static ShardedDatabaseStatus status(boolean ready, boolean degraded, boolean safe, String phase) {
        List<Condition> conditions = new Conditions(List.of(), 1, () -> Instant.EPOCH)
                .set(ConditionType.Ready, ready, ready ? Reason.AllReady : Reason.ServersStarting, "ready?")
                .set(ConditionType.Degraded, degraded, Reason.MissingCopies, "sh1 is Degraded")
                .set(ConditionType.DataSafe, safe, Reason.MissingCopies, "one copy")
                .list();
        ShardedDatabaseStatus unknown = ShardedDatabaseStatus.unknown();
        return new ShardedDatabaseStatus(
                1L,
                conditions,
                unknown.schemaVersion(),
                unknown.schemaHash(),
                List.of(new ServerStatus("server-3", "db-server-3", phase, List.of(), null)),
                1,
                1,
                1,
                1,
                1,
                null,
                null,
                "",
                null,
                null,
                null,
                null);
    }

    @Test
    void announcesReadinessOnceAndTheDrainingOfAServer() {
        ShardedDatabaseStatus before = status(false, false, true, "Ready");
        ShardedDatabaseStatus after = status(true, false, true, "Draining");
        assertThat(StatusTurns.of(before, after))
                .extracting(StatusTurns.Turn::warning, StatusTurns.Turn::reason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(false, Reason.AllReady),
                        org.assertj.core.groups.Tuple.tuple(false, Reason.DrainingServer));
        assertThat(StatusTurns.of(after, after)).isEmpty();
    }

    @Test
    void warnsWhenCopiesGoMissingAndNotWhileADatabaseIsMade() {
        ShardedDatabaseStatus well = status(true, false, true, "Ready");
        ShardedDatabaseStatus ill = status(true, true, false, "Ready");
        assertThat(StatusTurns.of(well, ill)).hasSize(2).allMatch(StatusTurns.Turn::warning);
        assertThat(StatusTurns.of(ill, well)).isEmpty();
        assertThat(StatusTurns.of(null, status(false, false, false, "Starting")))
                .isEmpty();
    }
}

package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ServerStatus;
import io.shardeddb.crds.ShardedDatabaseStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is worth an Event when a database's status becomes another one. */
public final class StatusTurns {

    private StatusTurns() {}

    /**
     * One turn.
     *
     * @param warning whether it is for the worse
     */
    public record Turn(boolean warning, Reason reason, String message) {}

    /** The turns from one status to the next. */
    public static List<Turn> of(@Nullable ShardedDatabaseStatus before, ShardedDatabaseStatus now) {
        List<Turn> turns = new ArrayList<>();
        if (turned(before, now, ConditionType.Ready, "True")) {
            turns.add(turn(false, now, ConditionType.Ready));
        }
        if (turned(before, now, ConditionType.Degraded, "True")) {
            turns.add(turn(true, now, ConditionType.Degraded));
        }
        // A database that is being made has no rows yet that could be unsafe.
        if (before != null && before.readyShards() > 0 && turned(before, now, ConditionType.DataSafe, "False")) {
            turns.add(turn(true, now, ConditionType.DataSafe));
        }
        List<String> drainedBefore = before == null ? List.of() : draining(before);
        draining(now).stream()
                .filter(server -> !drainedBefore.contains(server))
                .forEach(server -> turns.add(new Turn(
                        false,
                        Reason.DrainingServer,
                        "draining server " + server + ": it is no longer wanted, its copies move to others")));
        return turns;
    }

    private static Turn turn(boolean warning, ShardedDatabaseStatus status, ConditionType type) {
        Condition condition = Objects.requireNonNull(status.condition(type));
        return new Turn(warning, Reason.valueOf(condition.getReason()), condition.getMessage());
    }

    private static boolean turned(
            @Nullable ShardedDatabaseStatus before, ShardedDatabaseStatus now, ConditionType type, String value) {
        return value.equals(value(now, type)) && !value.equals(before == null ? null : value(before, type));
    }

    private static @Nullable String value(ShardedDatabaseStatus status, ConditionType type) {
        Condition condition = status.condition(type);
        return condition == null ? null : condition.getStatus();
    }

    private static List<String> draining(ShardedDatabaseStatus status) {
        return status.servers().stream()
                .filter(server -> server.phase().equals(ServerReport.DRAINING))
                .map(ServerStatus::name)
                .toList();
    }
}

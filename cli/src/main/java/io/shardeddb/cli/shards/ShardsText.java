package io.shardeddb.cli.shards;

import io.shardeddb.cli.output.Columns;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shards as a table with a line per copy; a pure function of the objects. */
final class ShardsText {

    private static final List<String> HEADING = List.of(
            "DATABASE",
            "SHARD",
            "POSITIONS",
            "PHASE",
            "LEADER",
            "TERM",
            "COPY ON",
            "ROLE",
            "STATE",
            "APPLIED",
            "LAG",
            "NOTE");

    private ShardsText() {}

    static String of(List<Shard> shards) {
        List<List<String>> rows = new ArrayList<>();
        shards.forEach(shard -> rows.addAll(rows(shard)));
        return rows.isEmpty() ? "no shards\n" : Columns.of(HEADING, rows);
    }

    /** Whether a shard is not ready, or a copy of it is not healthy. */
    static boolean unhealthy(Shard shard) {
        @Nullable ShardStatus status = shard.getStatus();
        return status == null
                || status.phase() != ShardPhase.Ready
                || status.replicas().stream()
                        .anyMatch(replica -> !replica.state().equals("Healthy"));
    }

    private static List<List<String>> rows(Shard shard) {
        @Nullable ShardStatus status = shard.getStatus();
        List<String> first = List.of(
                shard.getSpec().database(),
                shard.getSpec().name(),
                positions(shard.getSpec().interval()),
                status == null ? "Pending" : status.phase().name(),
                (status == null ? "-" : text(status.leader())) + preference(shard),
                status == null ? "-" : text(status.term()));
        List<List<String>> rows = new ArrayList<>();
        if (status == null || status.replicas().isEmpty()) {
            rows.add(joined(first, List.of("-", "-", "-", "-", "-", "")));
            return rows;
        }
        for (ShardReplicaStatus replica : status.replicas()) {
            List<String> left = rows.isEmpty() ? first : List.of("", "", "", "", "", "");
            rows.add(joined(left, copy(replica)));
        }
        return rows;
    }

    private static List<String> copy(ShardReplicaStatus replica) {
        String note = replica.copy() == null ? replica.message() == null ? "" : replica.message() : replica.copy();
        return List.of(
                replica.server(),
                text(replica.role()),
                replica.state(),
                text(replica.appliedIndex()),
                "Leader".equals(replica.role()) ? "0" : text(replica.lag()),
                note);
    }

    private static List<String> joined(List<String> left, List<String> right) {
        List<String> row = new ArrayList<>(left);
        row.addAll(right);
        return row;
    }

    /** For example {@code  (wanted: server-2)} while a leader is asked for and another leads. */
    private static String preference(Shard shard) {
        Map<String, String> annotations = shard.getMetadata().getAnnotations();
        @Nullable String wanted = annotations == null ? null : annotations.get(ApiNames.PREFERRED_LEADER_ANNOTATION);
        if (wanted == null) {
            return "";
        }
        boolean leads =
                shard.getStatus() != null && wanted.equals(shard.getStatus().leader());
        return leads ? " (preferred)" : " (wanted: " + wanted + ")";
    }

    private static String positions(IntervalSpec interval) {
        return "[" + interval.from() + ", " + (interval.to() == null ? "∞" : interval.to()) + ")";
    }

    private static String text(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }
}

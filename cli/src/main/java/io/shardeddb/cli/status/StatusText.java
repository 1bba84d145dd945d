package io.shardeddb.cli.status;

import io.shardeddb.cli.output.Columns;
import io.shardeddb.cli.status.StatusReport.Database;
import io.shardeddb.cli.status.StatusReport.PodStatus;
import io.shardeddb.cli.status.StatusReport.ReplicaState;
import io.shardeddb.cli.status.StatusReport.ShardState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The report for a person: one block per database, a line per shard and per pod. */
public final class StatusText {

    private StatusText() {}

    public static String of(StatusReport report) {
        StringBuilder text = new StringBuilder();
        if (report.databases().isEmpty()) {
            text.append("No database. Make one with: sdb up examples/students.yaml\n");
        }
        for (Database database : report.databases()) {
            text.append(database(database)).append('\n');
            text.append(Columns.of(
                            List.of("SHARD", "POSITIONS", "PHASE", "LEADER", "TERM", "REPLICAS"),
                            database.shards().stream().map(StatusText::shard).toList()))
                    .append('\n');
        }
        text.append(Columns.of(
                List.of("POD", "KIND", "ADDRESS", "READY", "PROCESSES", "RESTARTS"),
                report.pods().stream().map(StatusText::pod).toList()));
        return text.toString();
    }

    private static String database(Database database) {
        StringBuilder text = new StringBuilder("Database ")
                .append(database.name())
                .append(database.ready() ? ": ready" : ": not ready");
        if (database.endpoint() != null) {
            text.append(", ").append(database.endpoint());
        }
        if (database.grpcEndpoint() != null) {
            text.append(", gRPC ").append(database.grpcEndpoint());
        }
        if (database.administration() != null) {
            text.append(", administration ").append(database.administration());
        }
        text.append('\n');
        database.conditions().stream()
                .filter(StatusText::worthSaying)
                .forEach(condition -> text.append("  ")
                        .append(condition.type())
                        .append('=')
                        .append(condition.status())
                        .append(condition.reason() == null ? "" : " " + condition.reason())
                        .append(
                                condition.message() == null
                                                || condition.message().isBlank()
                                        ? ""
                                        : ": " + condition.message())
                        .append('\n'));
        return text.toString();
    }

    /** The good news (ready, data safe) and the absence of bad news need no line. */
    private static boolean worthSaying(StatusReport.ConditionStatus condition) {
        boolean goodWhenTrue =
                condition.type().equals("Ready") || condition.type().equals("DataSafe");
        return goodWhenTrue != condition.status().equals("True");
    }

    private static List<String> shard(ShardState shard) {
        @Nullable Long to = shard.interval().to();
        return List.of(
                shard.name(),
                "[" + shard.interval().from() + ", " + (to == null ? "∞" : to) + ")",
                shard.phase(),
                shard.leader() == null ? "-" : shard.leader(),
                shard.term() == null ? "-" : String.valueOf(shard.term()),
                shard.replicas().stream().map(StatusText::replica).collect(Collectors.joining("  ")));
    }

    private static String replica(ReplicaState replica) {
        List<String> words = new ArrayList<>();
        words.add(replica.server());
        boolean learner = "Learner".equals(replica.role());
        if (!replica.state().equals("Healthy") || learner) {
            words.add((learner ? "learner " : "") + replica.state().toLowerCase(java.util.Locale.ROOT));
        }
        if (replica.copy() != null) {
            words.add(replica.copy());
        }
        words.add("@" + (replica.appliedIndex() == null ? "-" : replica.appliedIndex()));
        if (replica.lag() != null && replica.lag() > 0) {
            words.add("lag " + replica.lag());
        }
        return String.join(" ", words);
    }

    private static List<String> pod(PodStatus pod) {
        return List.of(
                pod.name(),
                pod.server() == null ? pod.kind() : pod.kind() + " " + pod.server(),
                pod.address() == null ? "-" : pod.address(),
                pod.ready() ? "yes" : pod.phase().equals("Running") ? "no" : pod.phase(),
                pod.processes().stream()
                        .map(process ->
                                process.container() + " " + (process.processId() == null ? "-" : process.processId()))
                        .collect(Collectors.joining(", ")),
                String.valueOf(pod.processes().stream()
                        .mapToInt(StatusReport.ProcessStatus::restarts)
                        .sum()));
    }
}

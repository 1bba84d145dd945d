package io.shardeddb.server.health;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.PeerServer;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Timing;
import io.shardeddb.protocol.wire.Uid;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Metrics of each replica, of each member that a leader here feeds, and of each other server. Made from the status answer when they are
 * asked for: they cost nothing in between, and what is gone leaves nothing behind.
 */
final class ReplicaMetrics implements MultiCollector {
    private static final int STATUS_MILLIS = 1_000;
    private static final double MICROS = 1e-6;

    private final Supplier<CompletableFuture<ServerStatus>> status;
    private final Function<Uid, String> shardOf;

    /**
     * @param status asked at each scrape, waited for a second
     * @param shardOf the name of a group's shard
     */
    ReplicaMetrics(Supplier<CompletableFuture<ServerStatus>> status, Function<Uid, String> shardOf) {
        this.status = status;
        this.shardOf = shardOf;
    }

    @Override
    public MetricSnapshots collect() {
        ServerStatus now = status.get()
                .completeOnTimeout(ServerStatus.getDefaultInstance(), STATUS_MILLIS, TimeUnit.MILLISECONDS)
                .exceptionally(failure -> ServerStatus.getDefaultInstance())
                .join();
        return of(now, shardOf);
    }

    static MetricSnapshots of(ServerStatus status, Function<Uid, String> shardOf) {
        Families families = new Families();
        families.timing("shardeddb_log_force", "Forces of the shared log", Labels.EMPTY, status.getLogForce());
        families.add("shardeddb_log_queue", "Batches that wait for the log", Labels.EMPTY, status.getLogQueue());
        families.add("shardeddb_uptime_seconds", "Since the start", Labels.EMPTY, status.getUptimeMillis() / 1e3);
        families.add("shardeddb_restarts", "Starts of this volume before", Labels.EMPTY, status.getRestarts());
        families.add("shardeddb_cpu_load", "Of all processors, 0 to 1", Labels.EMPTY, status.getCpuPermille() / 1e3);
        for (PeerServer peer : status.getPeersList()) {
            families.timing(
                    "shardeddb_peer_round_trip",
                    "A small message to another server and back",
                    Labels.of("peer", peer.getAddress()),
                    peer.getRoundTrip());
        }
        for (ReplicaStatus replica : status.getReplicasList()) {
            replica(families, replica, shardOf.apply(replica.getGroup()));
        }
        return families.snapshots();
    }

    private static void replica(Families families, ReplicaStatus replica, String shard) {
        Labels labels = Labels.of("shard", shard);
        families.timing("shardeddb_apply", "Transactions of committed entries", labels, replica.getApply());
        families.timing("shardeddb_commit", "From proposing until committed, on leaders", labels, replica.getCommit());
        families.add("shardeddb_commit_index", "Last committed entry", labels, replica.getCommitIndex());
        families.add("shardeddb_apply_lag_entries", "Committed, not applied", labels, replica.getApplyLagEntries());
        families.add("shardeddb_waiting_writes", "Writes to be proposed", labels, replica.getWaitingWrites());
        families.add("shardeddb_uncommitted", "Entries to be committed", labels, replica.getUncommittedEntries());
        families.add("shardeddb_waiting_reads", "Reads that wait", labels, replica.getWaitingReads());
        Map<Uid, String> servers = new HashMap<>();
        for (GroupMember member : replica.getConfiguration().getVotersList()) {
            servers.put(member.getMember(), member.getServer());
        }
        for (GroupMember member : replica.getConfiguration().getLearnersList()) {
            servers.put(member.getMember(), member.getServer());
        }
        for (MemberProgress member : replica.getProgressList()) {
            String server = servers.get(member.getMember());
            if (server != null) {
                Labels both = Labels.of("shard", shard, "member", server);
                families.timing("shardeddb_append", "Appends until acknowledged", both, member.getAppend());
                families.add("shardeddb_member_lag_entries", "Entries not acknowledged", both, member.getLagEntries());
                families.add(
                        "shardeddb_member_lag_seconds",
                        "Age of what is not acknowledged",
                        both,
                        member.getLagMillis() / 1e3);
                families.add("shardeddb_member_inflight", "Appends on their way", both, member.getInflight());
            }
        }
    }

    /** Data points by metric; a metric's points must stand together. */
    private static final class Families {
        private final Map<String, GaugeSnapshot.Builder> byName = new LinkedHashMap<>();

        void add(String name, String help, Labels labels, Number value) {
            byName.computeIfAbsent(
                            name, made -> GaugeSnapshot.builder().name(made).help(help))
                    .dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(labels)
                            .value(value.doubleValue())
                            .build());
        }

        void timing(String name, String help, Labels labels, Timing timing) {
            add(name + "_average_seconds", help + ": weighted average", labels, timing.getAverageMicros() * MICROS);
            add(name + "_p50_seconds", help + ": median of the last seconds", labels, timing.getP50Micros() * MICROS);
            add(
                    name + "_p99_seconds",
                    help + ": 99 of 100 of the last seconds",
                    labels,
                    timing.getP99Micros() * MICROS);
        }

        MetricSnapshots snapshots() {
            MetricSnapshots.Builder all = MetricSnapshots.builder();
            byName.values().forEach(family -> all.metricSnapshot(family.build()));
            return all.build();
        }
    }
}

package io.shardeddb.server.health;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micronaut.context.annotation.Context;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Timing;
import io.shardeddb.server.ShardServer;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.log.ConfigurationCodec;
import jakarta.annotation.PreDestroy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures of each replica, and of each peer of those that lead, as the metrics endpoint shows them: renewed every few
 * seconds.
 */
@Context
final class ReplicaFigures {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFigures.class);
    private static final long PERIOD_SECONDS = 5;
    private static final int TIMESTAMP_COUNTER_BITS = 16;

    private final InstantSource wall = InstantSource.system();
    private final ShardServer server;
    private final Map<Figure, MultiGauge> gauges = new EnumMap<>(Figure.class);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("figures").daemon().factory());

    private enum Figure {
        APPLY("Time of a transaction that applies entries", "seconds"),
        COMMIT("Time from proposing an entry to its commit, at the leader; 0 while it proposes nothing", "seconds"),
        WAITING("Writes that wait to be proposed", ""),
        UNCOMMITTED("Entries on their way to a quorum, at the leader", ""),
        UNAPPLIED("Committed entries that are not applied yet", ""),
        LAG("Age of the newest row here, while committed entries are missing in it", "seconds"),
        PEER_APPEND("Time until a peer has an entry durable, at the leader", "seconds"),
        PEER_HEARTBEAT("Round trip of heartbeats to a peer, at the leader", "seconds"),
        PEER_LAG("Entries that a peer lacks, at the leader", ""),
        PEER_AGE("Age of the oldest entry that a peer lacks, at the leader", "seconds");

        private final String text;
        private final String unit;

        Figure(String text, String unit) {
            this.text = text;
            this.unit = unit;
        }
    }

    ReplicaFigures(MeterRegistry registry, ShardServer server) {
        this.server = server;
        for (Figure figure : Figure.values()) {
            String name = "shardeddb.replica."
                    + figure.name().toLowerCase(Locale.ROOT).replace('_', '.');
            gauges.put(
                    figure,
                    MultiGauge.builder(name)
                            .description(figure.text)
                            .baseUnit(figure.unit.isEmpty() ? null : figure.unit)
                            .register(registry));
        }
        var _ = timer.scheduleWithFixedDelay(this::renew, 1, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    private void renew() {
        try {
            server.replicas()
                    .orTimeout(PERIOD_SECONDS, TimeUnit.SECONDS)
                    .thenAccept(this::show)
                    .join();
        } catch (RuntimeException e) {
            LOG.debug("the figures are not renewed", e);
        }
    }

    private void show(List<ReplicaStatus> replicas) {
        Map<Figure, List<MultiGauge.Row<?>>> rows = new EnumMap<>(Figure.class);
        gauges.keySet().forEach(figure -> rows.put(figure, new ArrayList<>()));
        for (ReplicaStatus replica : replicas) {
            ReplicaView view = server.runtime().view(ConfigurationCodec.groupId(replica.getGroup()));
            Tags tags = Tags.of("shard", view == null ? "" : view.shard());
            add(rows, Figure.APPLY, tags, replica.getApply());
            if (replica.getRole() == ReplicaRole.LEADER) {
                add(rows, Figure.COMMIT, tags, replica.getCommit());
            }
            add(rows, Figure.WAITING, tags, replica.getWaitingWrites());
            add(rows, Figure.UNCOMMITTED, tags, (double) (replica.getLastIndex() - replica.getCommitIndex()));
            add(rows, Figure.UNAPPLIED, tags, (double) (replica.getCommitIndex() - replica.getAppliedIndex()));
            add(rows, Figure.LAG, tags, lagSeconds(replica, wall.millis()));
            for (MemberProgress peer : replica.getProgressList()) {
                Tags ofPeer = tags.and("peer", name(replica, peer));
                add(rows, Figure.PEER_APPEND, ofPeer, peer.getAppends());
                add(rows, Figure.PEER_HEARTBEAT, ofPeer, peer.getHeartbeats());
                add(rows, Figure.PEER_LAG, ofPeer, (double) peer.getLagEntries());
                add(rows, Figure.PEER_AGE, ofPeer, peer.getLagMillis() / 1e3);
            }
        }
        gauges.forEach((figure, gauge) -> gauge.register(rows.getOrDefault(figure, List.of()), true));
    }

    /** Timestamps have milliseconds above their lowest bits. */
    static double lagSeconds(ReplicaStatus replica, long nowMillis) {
        return replica.getCommitIndex() <= replica.getAppliedIndex() || replica.getLastTimestamp() == 0
                ? 0
                : Math.max(0, nowMillis - (replica.getLastTimestamp() >> TIMESTAMP_COUNTER_BITS)) / 1e3;
    }

    /**
     * The peer's server; while it joins by a change that is not committed yet, its member id: several may join at once.
     */
    static String name(ReplicaStatus replica, MemberProgress peer) {
        GroupConfiguration known = replica.getConfiguration();
        return Stream.of(known.getVotersList(), known.getOutgoingVotersList(), known.getLearnersList())
                .flatMap(List::stream)
                .filter(member -> member.getMember().equals(peer.getMember()))
                .findFirst()
                .map(GroupMember::getServer)
                .orElseGet(() -> "joining "
                        + Long.toHexString(
                                peer.getMember().getHigh() ^ peer.getMember().getLow()));
    }

    private static void add(Map<Figure, List<MultiGauge.Row<?>>> rows, Figure figure, Tags tags, Timing timing) {
        add(rows, figure, tags.and("figure", "average"), timing.getAverageMicros() / 1e6);
        add(rows, figure, tags.and("figure", "p50"), timing.getMedianMicros() / 1e6);
        add(rows, figure, tags.and("figure", "p99"), timing.getP99Micros() / 1e6);
    }

    private static void add(Map<Figure, List<MultiGauge.Row<?>>> rows, Figure figure, Tags tags, double value) {
        rows.computeIfAbsent(figure, ignored -> new ArrayList<>()).add(MultiGauge.Row.of(tags, value));
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }
}

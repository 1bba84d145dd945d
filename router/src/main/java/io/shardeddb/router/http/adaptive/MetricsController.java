package io.shardeddb.router.http.adaptive;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Timing;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.rows.SeedAnswers;
import io.shardeddb.router.metrics.ReplicaMetrics;
import io.shardeddb.router.metrics.ServerLooks;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** /metrics: every server in figures, asked for at this moment. */
@Controller("/metrics")
@Produces(MediaType.APPLICATION_JSON)
final class MetricsController {

    private static final int TIMESTAMP_COUNTER_BITS = 16;
    private static final Pattern NUMBERED = Pattern.compile("replica-([1-9][0-9]{0,3})");

    private final ServerLooks looks;
    private final LatestTopology topology;

    MetricsController(ServerLooks looks, LatestTopology topology) {
        this.looks = looks;
        this.topology = topology;
    }

    @Get
    CompletableFuture<HttpResponse<?>> all() {
        return answer(() -> {
            Topology now = topology.current();
            List<ReplicaMetrics> servers = ReplicaMetrics.of(looks.ask(now));
            long latest = servers.stream()
                    .map(each -> each.look().status())
                    .filter(java.util.Objects::nonNull)
                    .flatMap(status -> status.getReplicasList().stream())
                    .mapToLong(ReplicaStatus::getLastTimestamp)
                    .max()
                    .orElse(0);
            return Answers.json(200, json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("replicas");
                Map<Uid, Long> newest = newest(servers);
                for (ReplicaMetrics server : servers) {
                    write(json, server, now, newest);
                }
                json.writeEndArray();
                json.writeNumberField("master_timestamp", latest);
                json.writeEndObject();
            });
        });
    }

    @Get("/{server}")
    CompletableFuture<HttpResponse<?>> one(@PathVariable String server) {
        return answer(() -> {
            Topology now = topology.current();
            List<ReplicaMetrics> servers = ReplicaMetrics.of(looks.ask(now));
            ReplicaMetrics wanted = named(servers, server);
            return Answers.json(200, json -> write(json, wanted, now, newest(servers)));
        });
    }

    /** The server of a name; or, as the SQL coordinator counts its replicas, {@code replica-1} for the first one. */
    private static ReplicaMetrics named(List<ReplicaMetrics> servers, String name) {
        List<String> names = servers.stream().map(ReplicaMetrics::server).toList();
        int place = names.indexOf(name);
        Matcher number = NUMBERED.matcher(name);
        if (place < 0 && number.matches()) {
            place = Integer.parseInt(number.group(1)) - 1;
        }
        if (place < 0 || place >= servers.size()) {
            throw new DatabaseException(
                    ErrorCode.UNKNOWN_ENDPOINT,
                    "there is no server " + name + "; there are " + String.join(", ", names)
                            + ", which are also replica-1 to replica-" + servers.size());
        }
        return servers.get(place);
    }

    @FunctionalInterface
    interface Asking {
        HttpResponse<?> ask();
    }

    /** Asks servers on a thread that may wait. */
    static CompletableFuture<HttpResponse<?>> answer(Asking asking) {
        return CompletableFuture.<HttpResponse<?>>supplyAsync(asking::ask, RangeStream.virtual())
                .exceptionally(failure -> SeedAnswers.error(Writes.error(failure)));
    }

    /** The newest timestamp in any replica's log, by group. */
    private static Map<Uid, Long> newest(List<ReplicaMetrics> servers) {
        Map<Uid, Long> newest = new HashMap<>();
        for (ReplicaMetrics server : servers) {
            ServerStatus status = server.look().status();
            if (status != null) {
                status.getReplicasList()
                        .forEach(replica -> newest.merge(replica.getGroup(), replica.getLastTimestamp(), Math::max));
            }
        }
        return newest;
    }

    private static void write(JsonGenerator json, ReplicaMetrics server, Topology topology, Map<Uid, Long> newest)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("replica_id", server.server());
        json.writeNumberField("latency_ms", rounded(server.latencyMillis()));
        json.writeNumberField("replication_lag", server.lag());
        json.writeNumberField("uptime_seconds", rounded(server.uptimeSeconds()));
        json.writeNumberField("crash_count", server.restarts());
        json.writeStringField("last_updated", Instant.now().toString());
        json.writeBooleanField("is_healthy", server.healthy());
        ServerStatus status = server.look().status();
        if (status != null) {
            json.writeNumberField("score", rounded(server.score()));
            json.writeNumberField("cpu", rounded(status.getCpu()));
            write(json, "force", status.getForce());
            json.writeArrayFieldStart("shards");
            for (ReplicaStatus replica : status.getReplicasList()) {
                write(
                        json,
                        replica,
                        name(replica, topology),
                        newest.getOrDefault(replica.getGroup(), replica.getLastTimestamp()));
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static String name(ReplicaStatus replica, Topology topology) {
        GroupId group = GroupId.ofWire(replica.getGroup());
        return topology.shards().stream()
                .filter(shard -> shard.group().equals(group))
                .findFirst()
                .map(ShardEntry::name)
                .orElse("");
    }

    private static void write(JsonGenerator json, ReplicaStatus replica, String shard, long newest) throws IOException {
        json.writeStartObject();
        json.writeStringField("shard", shard);
        json.writeBooleanField("leader", replica.getRole() == ReplicaRole.LEADER);
        json.writeNumberField("commit_index", replica.getCommitIndex());
        json.writeNumberField("applied_index", replica.getAppliedIndex());
        // Timestamps have milliseconds above their lowest 16 bits.
        json.writeNumberField(
                "lag_ms", (newest >> TIMESTAMP_COUNTER_BITS) - (replica.getLastTimestamp() >> TIMESTAMP_COUNTER_BITS));
        json.writeNumberField("waiting_writes", replica.getWaitingWrites());
        write(json, "apply", replica.getApply());
        if (replica.getRole() == ReplicaRole.LEADER) {
            json.writeArrayFieldStart("peers");
            for (MemberProgress peer : replica.getProgressList()) {
                json.writeStartObject();
                json.writeStringField(
                        "replica_id",
                        replica.getConfiguration().getVotersList().stream()
                                .filter(member -> member.getMember().equals(peer.getMember()))
                                .findFirst()
                                .map(member -> member.getServer())
                                .orElse(""));
                json.writeNumberField("lag", peer.getLagEntries());
                json.writeNumberField("lag_ms", peer.getLagMillis());
                write(json, "append", peer.getAppends());
                write(json, "heartbeat", peer.getHeartbeats());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Timing timing) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", timing.getCount());
        json.writeNumberField("average_ms", timing.getAverageMicros() / 1e3);
        json.writeNumberField("p50_ms", timing.getMedianMicros() / 1e3);
        json.writeNumberField("p99_ms", timing.getP99Micros() / 1e3);
        json.writeEndObject();
    }

    /** To a thousandth. */
    static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}

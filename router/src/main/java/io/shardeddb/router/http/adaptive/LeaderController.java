package io.shardeddb.router.http.adaptive;

import io.grpc.StatusRuntimeException;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.Bodies;
import io.shardeddb.router.http.admin.AdministrationCheck;
import io.shardeddb.router.http.rows.SeedAnswers;
import io.shardeddb.router.metrics.ReplicaMetrics;
import io.shardeddb.router.metrics.ServerLooks;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * /elect-leader: who would lead best. Without a shard it only answers, as the SQL coordinator does; with one, that
 * shard's leadership goes to the winner, unless dry_run is set; who may have that is {@link AdministrationCheck}'s to
 * say.
 */
@Controller
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class LeaderController {

    private final ServerLooks looks;
    private final LatestTopology topology;
    private final AdministrationCheck administration;

    LeaderController(ServerLooks looks, LatestTopology topology, AdministrationCheck administration) {
        this.looks = looks;
        this.topology = topology;
        this.administration = administration;
    }

    @Post("/elect-leader")
    CompletableFuture<HttpResponse<?>> elect(HttpRequest<?> request) {
        return Bodies.read(request)
                .thenApply(AdaptiveRequest::parse)
                .thenCompose(asked -> {
                    if (asked.handsOver()) {
                        administration.require(request);
                    }
                    return MetricsController.answer(() -> elect(asked));
                })
                .exceptionally(failure -> SeedAnswers.error(Writes.error(failure)));
    }

    private HttpResponse<?> elect(AdaptiveRequest asked) {
        Topology now = topology.current();
        ShardEntry shard = asked.shardOf(now);
        List<ReplicaMetrics> members = ReplicaMetrics.of(looks.ask(now)).stream()
                .filter(server -> server.look().replica(shard.group()).isPresent())
                .filter(server -> !asked.excluded().contains(server.server()))
                .sorted(Comparator.comparingDouble(ReplicaMetrics::score).reversed())
                .toList();
        if (members.isEmpty()) {
            throw new DatabaseException(ErrorCode.NO_LEADER, "No eligible replicas for election");
        }
        ReplicaMetrics winner = members.getFirst();
        if (!winner.healthy()) {
            throw new DatabaseException(ErrorCode.NO_LEADER, "No healthy replicas available for leader election");
        }
        String outcome = asked.handsOver() ? handOver(shard, winner) : "";
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("leader_id", winner.server());
            json.writeNumberField("score", MetricsController.rounded(winner.score()));
            json.writeNumberField("latency_ms", MetricsController.rounded(winner.latencyMillis()));
            json.writeNumberField("uptime_seconds", MetricsController.rounded(winner.uptimeSeconds()));
            json.writeNumberField("replication_lag", winner.lag());
            json.writeNumberField("crash_count", winner.restarts());
            json.writeStringField("shard", shard.name());
            json.writeStringField(
                    "reason",
                    String.format(
                            Locale.ROOT,
                            "highest score of %d: 40 %% latency, 40 %% stability, 20 %% lag",
                            members.size()));
            if (!outcome.isEmpty()) {
                json.writeStringField("outcome", outcome);
            }
            json.writeArrayFieldStart("scores");
            for (ReplicaMetrics member : members) {
                json.writeStartObject();
                json.writeStringField("replica_id", member.server());
                json.writeNumberField("score", MetricsController.rounded(member.score()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** Asks the present leader to hand over; one that leads already stays. */
    private String handOver(ShardEntry shard, ReplicaMetrics winner) {
        ReplicaStatus replica = winner.look().replica(shard.group()).orElseThrow();
        if (replica.getRole() == ReplicaRole.LEADER) {
            return "leads already";
        }
        boolean voter = replica.getConfiguration().getVotersList().stream()
                .map(GroupMember::getMember)
                .anyMatch(replica.getMember()::equals);
        String leader = replica.getLeader().getAddress();
        if (!voter || replica.getState() != ReplicaState.HEALTHY || leader.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.NO_LEADER,
                    shard.name() + " cannot be handed over: no leader, or its best member is no voter");
        }
        try {
            ControlReply reply = looks.transfer(
                    leader,
                    TransferLeadershipRequest.newBuilder()
                            .setGroup(replica.getGroup())
                            .setTarget(replica.getMember())
                            .build());
            return reply.hasError() ? "refused: " + reply.getError().getMessage() : "handed over";
        } catch (StatusRuntimeException e) {
            throw new DatabaseException(
                    ErrorCode.OUTCOME_UNKNOWN, "the leader of " + shard.name() + " did not answer: " + e.getStatus());
        }
    }
}

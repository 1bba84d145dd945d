package io.shardeddb.router.http.adaptive;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.Bodies;
import io.shardeddb.router.http.rows.SeedAnswers;
import io.shardeddb.router.metrics.QuorumView;
import io.shardeddb.router.metrics.ServerLooks;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.concurrent.CompletableFuture;

/**
 * /select-quorum: whose acknowledgements commit a shard's writes at this moment. It changes nothing: the leader ranks
 * by itself.
 */
@Controller
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class QuorumController {

    private final ServerLooks looks;
    private final LatestTopology topology;

    QuorumController(ServerLooks looks, LatestTopology topology) {
        this.looks = looks;
        this.topology = topology;
    }

    @Post("/select-quorum")
    CompletableFuture<HttpResponse<?>> quorum(HttpRequest<?> request) {
        return Bodies.read(request)
                .thenApply(AdaptiveRequest::parse)
                .thenCompose(asked -> MetricsController.answer(() -> quorum(asked)))
                .exceptionally(failure -> SeedAnswers.error(Writes.error(failure)));
    }

    private HttpResponse<?> quorum(AdaptiveRequest asked) {
        Topology now = topology.current();
        ShardEntry shard = asked.shardOf(now);
        QuorumView view = looks.ask(now).stream()
                .flatMap(look ->
                        look.replica(shard.group()).flatMap(replica -> QuorumView.of(replica, look.server())).stream())
                .max(java.util.Comparator.comparingLong(QuorumView::term))
                .orElseThrow(() -> new DatabaseException(
                        ErrorCode.NO_LEADER,
                        "No healthy replicas available for quorum: " + shard.name() + " has no leader"));
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("quorum");
            for (String server : view.quorum()) {
                json.writeString(server);
            }
            json.writeEndArray();
            json.writeNumberField("quorum_size", view.cabinet());
            json.writeNumberField("total_replicas", view.voters().size());
            json.writeStringField("shard", shard.name());
            json.writeStringField("leader", view.leader());
            json.writeNumberField("term", view.term());
            json.writeBooleanField("weighted", view.weighted());
            json.writeNumberField("weight_clock", view.clock());
            json.writeNumberField("threshold", view.threshold());
            json.writeNumberField("election_size", view.electionSize());
            json.writeArrayFieldStart("weights");
            for (QuorumView.Voter voter : view.voters()) {
                json.writeStartObject();
                json.writeStringField("replica_id", voter.server());
                json.writeNumberField("weight", MetricsController.rounded(voter.weight()));
                json.writeBooleanField("acknowledged", voter.acknowledged());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}

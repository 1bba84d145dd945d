package io.shardeddb.router.http.adaptive;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.rows.SeedAnswers;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Topology;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;

/**
 * /timestamp. In mode Hybrid of this router's clock, without a round trip: those of one router strictly increase while
 * it runs, those of two routers are as close as their clocks. In mode Service of the timestamp service: ordered between
 * all who ask, and with the writes'.
 */
@Controller
@Produces(MediaType.APPLICATION_JSON)
final class TimestampController {

    /** The SQL coordinator's clients expect a number; a router has none. */
    private static final int ROUTER = 1;

    /** A timestamp of the service carries the number of the server that gave it in its lowest bits. */
    private static final int NUMBER_MASK = 0xf;

    private final HybridTimestamps hybrid = new HybridTimestamps(Clock.systemUTC());
    private final ServiceTimestamps service;
    private final LatestTopology topology;

    TimestampController(ServiceTimestamps service, LatestTopology topology) {
        this.service = service;
        this.topology = topology;
    }

    @Get("/timestamp")
    CompletableFuture<HttpResponse<?>> timestamp() {
        Topology now = topology.current();
        if (!now.timestampService()) {
            return CompletableFuture.completedFuture(answer(hybrid.next(), ROUTER, "Hybrid"));
        }
        return service.next()
                .<HttpResponse<?>>thenApply(next -> answer(next, (int) (next & NUMBER_MASK) + 1, "Service"))
                .exceptionally(failure -> SeedAnswers.error(Writes.error(failure)));
    }

    private static HttpResponse<?> answer(long timestamp, int server, String mode) {
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeNumberField("timestamp", timestamp);
            json.writeNumberField("server_id", server);
            json.writeStringField("mode", mode);
            json.writeEndObject();
        });
    }
}

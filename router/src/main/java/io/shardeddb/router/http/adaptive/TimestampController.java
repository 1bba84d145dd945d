package io.shardeddb.router.http.adaptive;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.router.http.Answers;
import java.time.Clock;

/**
 * /timestamp: a hybrid timestamp of this router, without a round trip. Those of one router strictly increase while it runs; those of
 * two routers are as close as their clocks.
 */
@Controller
@Produces(MediaType.APPLICATION_JSON)
final class TimestampController {

    /** The SQL coordinator's clients expect a number; a router has none. */
    private static final int SERVER = 1;

    private final HybridTimestamps timestamps = new HybridTimestamps(Clock.systemUTC());

    @Get("/timestamp")
    HttpResponse<?> timestamp() {
        long next = timestamps.next();
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeNumberField("timestamp", next);
            json.writeNumberField("server_id", SERVER);
            json.writeStringField("mode", "Hybrid");
            json.writeEndObject();
        });
    }
}

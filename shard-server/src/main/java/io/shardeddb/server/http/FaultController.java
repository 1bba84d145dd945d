package io.shardeddb.server.http;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.server.ShardServer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Faults on purpose; exists only where the process was started with the switch. */
@Controller("/faults")
@Requires(property = FaultController.SWITCH, value = "true")
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class FaultController {
    static final String SWITCH = "shardeddb.fault-switches";

    private static final long GREATEST_DELAY_MILLIS = 10_000;

    private final ShardServer server;

    FaultController(ShardServer server) {
        this.server = server;
    }

    /**
     * {@code {"isolated": true}} cuts this server off from the other servers, both ways; {@code false} joins it again.
     * {@code {"delay_millis": 50}} lets what it sends to them leave 50 ms later; 0 ends that.
     */
    @Post
    CompletableFuture<HttpResponse<String>> set(HttpRequest<?> request) {
        return SeedAnswers.guarded(Bodies.object(request).thenApply(body -> {
            if (body.get("isolated") instanceof Boolean isolated) {
                server.transport().isolate(isolated);
                return HttpResponse.ok(CanonicalJson.write(Map.of("isolated", isolated)));
            }
            if (body.get("delay_millis") instanceof Number millis
                    && millis.longValue() >= 0
                    && millis.longValue() <= GREATEST_DELAY_MILLIS) {
                server.transport().delay(millis.longValue());
                return HttpResponse.ok(CanonicalJson.write(Map.of("delay_millis", millis.longValue())));
            }
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "allowed are \"isolated\" with true or false, and \"delay_millis\" with 0 to "
                            + GREATEST_DELAY_MILLIS);
        }));
    }
}

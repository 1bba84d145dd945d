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

    private final ShardServer server;

    FaultController(ShardServer server) {
        this.server = server;
    }

    /** {@code {"isolated": true}} cuts this server off from the other servers, both ways; {@code false} joins it again. */
    @Post
    CompletableFuture<HttpResponse<String>> set(HttpRequest<?> request) {
        return SeedAnswers.guarded(Bodies.object(request).thenApply(body -> {
            if (!(body.get("isolated") instanceof Boolean isolated)) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST, "\"isolated\" is missing; allowed are true and false");
            }
            server.transport().isolate(isolated);
            return HttpResponse.ok(CanonicalJson.write(Map.of("isolated", isolated)));
        }));
    }
}

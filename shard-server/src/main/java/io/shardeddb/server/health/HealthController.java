package io.shardeddb.server.health;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.server.ShardServer;
import io.shardeddb.server.group.runtime.GroupRuntime;
import java.util.Map;

/** Probes: alive means that the groups' thread turns; ready means that the rows' database answers too. */
@Controller("/health")
@Produces(MediaType.APPLICATION_JSON)
final class HealthController {
    private final ShardServer server;

    HealthController(ShardServer server) {
        this.server = server;
    }

    @Get("/live")
    HttpResponse<String> live() {
        return answer(server.runtime().isTurning(), "live", "the groups' thread does not turn");
    }

    @Get("/ready")
    HttpResponse<String> ready() {
        GroupRuntime runtime = server.runtime();
        return answer(
                runtime.isTurning() && runtime.stores().reachable(),
                "ready",
                runtime.stores().problem());
    }

    @Get("/mysql")
    HttpResponse<String> mysql() {
        return answer(
                server.runtime().stores().reachable(),
                "reachable",
                server.runtime().stores().problem());
    }

    private static HttpResponse<String> answer(boolean good, String status, String problem) {
        return good
                ? HttpResponse.ok(CanonicalJson.write(Map.of("status", status)))
                : HttpResponse.<String>serverError()
                        .status(503)
                        .body(CanonicalJson.write(Map.of("status", "not " + status, "reason", problem)));
    }
}

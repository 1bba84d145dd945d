package io.shardeddb.router.health;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.router.drain.Draining;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.topology.LatestTopology;

/** Whether this process lives, and whether it can serve. */
@Controller("/health")
final class HealthController {

    private final LatestTopology topology;
    private final Draining draining;
    private final Authentication authentication;

    HealthController(LatestTopology topology, Draining draining, Authentication authentication) {
        this.topology = topology;
        this.draining = draining;
        this.authentication = authentication;
    }

    /** Which credential is in force here, for the operator, which changes secrets only in step with all processes. */
    @Get("/credential")
    HttpResponse<?> credential() {
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("fingerprint", authentication.fingerprint());
            json.writeEndObject();
        });
    }

    /** The SQL coordinator's look at itself, which its clients wait for. */
    @Get
    HttpResponse<?> health() {
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("status", "healthy");
            json.writeStringField("service", "coordinator");
            json.writeEndObject();
        });
    }

    @Get("/live")
    HttpResponse<?> live() {
        return answer(200, "UP", "");
    }

    /**
     * Ready once it knows what the database looks like, until it leaves; an empty database counts, since /init fills
     * it.
     */
    @Get("/ready")
    HttpResponse<?> ready() {
        if (draining.isOn()) {
            return answer(503, "DOWN", "this router leaves service");
        }
        return topology.known()
                ? answer(200, "UP", "")
                : answer(503, "DOWN", "the database's objects are not known yet");
    }

    private static HttpResponse<?> answer(int status, String word, String reason) {
        return Answers.json(status, json -> {
            json.writeStartObject();
            json.writeStringField("status", word);
            if (!reason.isEmpty()) {
                json.writeStringField("reason", reason);
            }
            json.writeEndObject();
        });
    }
}

package io.shardeddb.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;

/** The API answered with an error. The message is the API's own. */
public final class ApiRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;

    /**
     * @param status HTTP status
     * @param reason Kubernetes' word for it, for example {@code NotFound}; empty when it gave none
     */
    public ApiRefused(int status, String reason, String message) {
        super(message);
        this.status = status;
        this.reason = reason;
    }

    static ApiRefused of(Transport.Reply reply) {
        String text = reply.body().strip();
        try {
            JsonNode body = Json.MAPPER.readTree(text);
            if (body != null && body.path("kind").asText().equals("Status")) {
                return new ApiRefused(
                        reply.status(),
                        body.path("reason").asText(""),
                        body.path("message").asText("refused with status " + reply.status()));
            }
        } catch (IOException e) {
            // A proxy in between answers with a page of its own: its first line says most.
            return new ApiRefused(reply.status(), "", firstLine(reply.status(), text));
        }
        return new ApiRefused(reply.status(), "", firstLine(reply.status(), text));
    }

    private static String firstLine(int status, String text) {
        return "the API answered with status " + status + ": "
                + text.lines().findFirst().orElse("(nothing)");
    }

    public int status() {
        return status;
    }

    public String reason() {
        return reason;
    }

    /** Whether what was asked for does not exist. */
    public boolean notFound() {
        return status == 404;
    }
}

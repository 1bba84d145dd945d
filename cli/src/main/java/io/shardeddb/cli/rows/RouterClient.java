package io.shardeddb.cli.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Speaks to one router over HTTP. Thread-safe; connections are kept open between requests. */
public final class RouterClient implements AutoCloseable {

    /** Header that makes a write run once, however often it is sent. */
    public static final String REQUEST_ID = "Request-Id";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS_MAX = 500;

    private final URI endpoint;
    private final Duration timeout;
    private final HttpClient http;

    /** @param endpoint such as {@code http://127.0.0.1:5000} */
    public RouterClient(String endpoint) {
        this(endpoint, REQUEST_TIMEOUT);
    }

    /** @param timeout how long an answer may take */
    RouterClient(String endpoint, Duration timeout) {
        this.timeout = timeout;
        this.endpoint = URI.create(endpoint.endsWith("/") ? endpoint : endpoint + "/");
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /**
     * One answer.
     *
     * @param status HTTP status; 0 when none came, so that it is not known whether the request ran
     * @param body JSON of the answer; missing when there was none
     * @param text the answer as it came, or why none came
     */
    public record Answer(int status, JsonNode body, String text) {

        public boolean succeeded() {
            return status >= 200 && status < 300;
        }

        /** Whether sending the same request again, under the same request id, may end otherwise. */
        public boolean worthRepeating() {
            return status == 0 || status == 429 || status == 503 || status == 504;
        }

        /** The reason of a refusal, with its code when the answer names one. */
        public String reason() {
            JsonNode error = body.path("error").isObject() ? body.path("error") : body;
            String message = error.path("message").asText(text);
            String code = error.path("code").asText("");
            return (code.isEmpty() || message.contains(code) ? "" : code + ": ") + message;
        }
    }

    /** Sends once. */
    public Answer send(String method, String path, @Nullable JsonNode body, Map<String, String> headers)
            throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        endpoint.resolve(path.startsWith("/") ? path.substring(1) : path))
                .timeout(timeout)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), parsed(response.body()), response.body());
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new Answer(0, MissingNode.getInstance(), "no answer from " + endpoint + " (" + why + ")");
        }
    }

    /**
     * Sends, and sends again with the same request id while the answer is worth repeating.
     *
     * @param patience how long to go on; the last answer is returned then
     */
    public Answer sendUntil(
            String method, String path, @Nullable JsonNode body, @Nullable String requestId, Duration patience)
            throws InterruptedException {
        Map<String, String> headers = new HashMap<>();
        if (requestId != null) {
            headers.put(REQUEST_ID, requestId);
        }
        long end = System.nanoTime() + patience.toNanos();
        long pause = 20;
        while (true) {
            Answer answer = send(method, path, body, headers);
            if (!answer.worthRepeating() || System.nanoTime() > end) {
                return answer;
            }
            Thread.sleep(pause + ThreadLocalRandom.current().nextLong(pause));
            pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
        }
    }

    private JsonNode parsed(String body) {
        if (body.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}

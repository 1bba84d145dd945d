package io.shardeddb.cli.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Speaks to one router over HTTP. Thread-safe; connections are kept open between requests. */
public final class RouterClient implements AutoCloseable {

    /** Header that makes a write run once, however often it is sent. */
    public static final String REQUEST_ID = "Request-Id";

    private static final String CONTENT_TYPE = "Content-Type";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS_MAX = 500;

    private final URI endpoint;
    private final Duration timeout;
    private final @Nullable String token;
    private final HttpClient http;
    private final List<AutoCloseable> ways;

    /** @param endpoint such as {@code http://127.0.0.1:5000} */
    public RouterClient(String endpoint) {
        this(endpoint, REQUEST_TIMEOUT, null, List.of());
    }

    /**
     * With credentials.
     *
     * @param timeout how long an answer may take
     * @param token sent with every request as a bearer's; null: none
     * @param ways what leads to the endpoint, closed with this
     */
    RouterClient(String endpoint, Duration timeout, @Nullable String token, List<AutoCloseable> ways) {
        this.ways = List.copyOf(ways);
        this.timeout = timeout;
        this.token = token;
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
            return RouterClient.worthRepeating(status);
        }

        /** The reason of a refusal, with its code when the answer names one. */
        public String reason() {
            JsonNode error = body.path("error").isObject() ? body.path("error") : body;
            String message = error.path("message").asText(text);
            String code = error.path("code").asText("");
            return (code.isEmpty() || message.contains(code) ? "" : code + ": ") + message;
        }
    }

    /** Where it answers, such as {@code http://127.0.0.1:5000}. */
    public String address() {
        String address = endpoint.toString();
        return address.substring(0, address.length() - 1);
    }

    /** Sends once. */
    public Answer send(String method, String path, @Nullable JsonNode body, Map<String, String> headers)
            throws InterruptedException {
        Bytes answer = sendBytes(
                method, path, body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8), headers);
        return answer.answer();
    }

    /** An answer whose body may be any bytes. */
    public static final class Bytes {

        private final int status;
        private final HttpHeaders headers;
        private final byte[] body;

        Bytes(int status, HttpHeaders headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        /** HTTP status; 0 when no answer came, so that it is not known whether the request ran. */
        public int status() {
            return status;
        }

        /** A header of the answer; empty when it has none of this name. */
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** Its body, which is not copied; when no answer came, why. */
        public byte[] body() {
            return body;
        }

        /** The same, read as JSON. */
        public Answer answer() {
            String text = new String(body, StandardCharsets.UTF_8);
            return new Answer(status, status == 0 ? MissingNode.getInstance() : parsed(text), text);
        }
    }

    /**
     * Sends any bytes once.
     *
     * @param headers without a {@code Content-Type}, a body counts as JSON
     */
    public Bytes sendBytes(String method, String path, byte @Nullable [] body, Map<String, String> headers)
            throws InterruptedException {
        HttpRequest request = request(method, path, body, headers);
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Bytes(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            return none(e);
        }
    }

    /**
     * Reads something whose answer may be too long for this machine's memory.
     *
     * @param most so many bytes are taken; a longer answer is broken off
     * @param patience how long to go on while it is worth repeating; the last answer is returned then
     * @return the answer; empty when it is longer
     */
    public Optional<Bytes> readBounded(String path, int most, Duration patience) throws InterruptedException {
        HttpRequest request = request("GET", path, null, Map.of());
        Pauses pauses = new Pauses(patience);
        while (true) {
            Bytes answer;
            try {
                HttpResponse<byte[]> response = http.send(request, _ -> new BoundedBody(most));
                answer = new Bytes(response.statusCode(), response.headers(), response.body());
            } catch (IOException e) {
                if (e instanceof BoundedBody.TooLong || e.getCause() instanceof BoundedBody.TooLong) {
                    return Optional.empty();
                }
                answer = none(e);
            }
            if (!worthRepeating(answer.status()) || !pauses.next()) {
                return Optional.of(answer);
            }
        }
    }

    private HttpRequest request(String method, String path, byte @Nullable [] body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        endpoint.resolve(path.startsWith("/") ? path.substring(1) : path))
                .timeout(timeout)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body != null && !headers.containsKey(CONTENT_TYPE)) {
            request.header(CONTENT_TYPE, "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        headers.forEach(request::setHeader);
        return request.build();
    }

    private Bytes none(IOException failure) {
        String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String text = "no answer from " + endpoint + " (" + why + ")";
        return new Bytes(0, HttpHeaders.of(Map.of(), (name, value) -> true), text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends, and sends again with the same request id while the answer is worth repeating.
     *
     * @param patience how long to go on; the last answer is returned then
     */
    public Answer sendUntil(
            String method, String path, @Nullable JsonNode body, @Nullable String requestId, Duration patience)
            throws InterruptedException {
        byte[] sent = body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = requestId == null ? Map.of() : Map.of(REQUEST_ID, requestId);
        return sendBytesUntil(method, path, sent, headers, patience).answer();
    }

    /** As {@link #sendUntil}, with any bytes. A write's headers hold its {@link #REQUEST_ID}. */
    public Bytes sendBytesUntil(
            String method, String path, byte @Nullable [] body, Map<String, String> headers, Duration patience)
            throws InterruptedException {
        Pauses pauses = new Pauses(patience);
        while (true) {
            Bytes answer = sendBytes(method, path, body, headers);
            if (!worthRepeating(answer.status()) || !pauses.next()) {
                return answer;
            }
        }
    }

    /** The pauses between repeats, until patience is over. */
    private static final class Pauses {

        private final long end;
        private long pause = 20;

        Pauses(Duration patience) {
            this.end = System.nanoTime() + patience.toNanos();
        }

        /** Waits a while; false when there is no time left. */
        boolean next() throws InterruptedException {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(pause + ThreadLocalRandom.current().nextLong(pause));
            pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
            return true;
        }
    }

    /** A text as a part of a path, or as a value in a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static boolean worthRepeating(int status) {
        return status == 0 || status == 429 || status == 503 || status == 504;
    }

    private static JsonNode parsed(String body) {
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
        for (AutoCloseable way : ways) {
            try {
                way.close();
            } catch (Exception e) {
                throw new CommandFailure(ExitCode.SOFTWARE, "cannot close the way to " + endpoint, e);
            }
        }
    }
}

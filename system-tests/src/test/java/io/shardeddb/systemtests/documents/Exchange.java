package io.shardeddb.systemtests.documents;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.testsupport.documents.RequestJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Requests of one client, each sent until it is answered: a write always under the same id, so its outcome is known in
 * the end.
 */
final class Exchange {

    /** Longer than any fault of a test lasts. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Set<Integer> WORTH_REPEATING = Set.of(0, 429, 503, 504);
    private static final long PAUSE_MILLIS = 50;

    private final RouterClient router;
    private final RequestIds ids = RequestIds.fresh();
    private String last = "";
    private Sending repeated = () -> {
        throw new IllegalStateException("nothing was written yet");
    };

    Exchange(RouterClient router) {
        this.router = router;
    }

    /**
     * The last answer to a request.
     *
     * @param answer as it came
     * @param sentAgain whether an earlier sending of it got no answer that says what was done
     */
    record Answered(RouterClient.Bytes answer, boolean sentAgain) {

        int status() {
            return answer.status();
        }

        JsonNode body() {
            return answer.answer().body();
        }

        String text() {
            return new String(answer.body(), StandardCharsets.UTF_8);
        }

        String code() {
            return body().path("code").asText();
        }
    }

    /** The method, path and body of the last request. */
    String last() {
        return last;
    }

    /** Sends a request that changes nothing. */
    Answered read(String method, String path, Object body) throws InterruptedException {
        return send(method, path, RequestJson.of(body).getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** Sends a write under an id of its own. */
    Answered write(String method, String path, Object body) throws InterruptedException {
        return write(method, path, RequestJson.of(body), Map.of());
    }

    /** The same with any text as body, and headers. */
    Answered write(String method, String path, String body, Map<String, String> headers) throws InterruptedException {
        Map<String, String> all = new HashMap<>(headers);
        all.put(RouterClient.REQUEST_ID, ids.next());
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Answered answered = send(method, path, bytes, all);
        repeated = () -> send(method, path, bytes, all);
        return answered;
    }

    /** Sends the last write once more, under its id. */
    Answered repeat() throws InterruptedException {
        return repeated.send();
    }

    private interface Sending {
        Answered send() throws InterruptedException;
    }

    private Answered send(String method, String path, byte[] body, Map<String, String> headers)
            throws InterruptedException {
        last = method + " " + path + " " + new String(body, StandardCharsets.UTF_8) + " " + headers;
        byte[] sent = method.equals("GET") || method.equals("DELETE") ? null : body;
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean again = false;
        while (true) {
            RouterClient.Bytes answer = router.sendBytes(method, path, sent, headers);
            if (!WORTH_REPEATING.contains(answer.status()) || System.nanoTime() > end) {
                return new Answered(answer, again);
            }
            again = true;
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}

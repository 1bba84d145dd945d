package io.shardeddb.router.http.transaction;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.forward.Forwarder;
import io.shardeddb.router.http.direct.DirectAnswer;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Passes requests on to the router that has their transaction. Blocks, so it belongs on virtual threads. */
@Singleton
public final class OtherRouters {

    /** Says that a request was passed on once, so that it is never passed on again. */
    private static final String PASSED_ON = "Shardeddb-Passed-On";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "host",
            "content-length",
            "content-encoding",
            "accept-encoding",
            "connection",
            "keep-alive",
            "expect",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "te");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final Duration timeout;

    OtherRouters(RouterSettings settings) {
        // It may use up its own time limit, and what it answers then is to arrive.
        Duration longer = settings.readTimeout().compareTo(settings.writeTimeout()) > 0
                ? settings.readTimeout()
                : settings.writeTimeout();
        timeout = longer.plusSeconds(5);
    }

    /**
     * Passes a request on.
     *
     * @param address host and port of the router
     * @param uri as it came
     * @param body decoded
     * @param commits whether it is a commit, whose outcome matters
     * @return its answer
     * @throws DatabaseException TRANSACTION_LOST when the router does not answer; OUTCOME_UNKNOWN when a commit was
     *     sent to it
     */
    public DirectAnswer ask(
            String address, String method, String uri, HttpHeaders headers, byte[] body, boolean commits) {
        if (headers.contains(PASSED_ON)) {
            throw new DatabaseException(
                    ErrorCode.TRANSACTION_NOT_FOUND, "the router at " + address + " does not have the transaction");
        }
        String local = uri.substring(uri.indexOf("/v1/"));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + local))
                .timeout(timeout)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .header(PASSED_ON, "1");
        headers.forEach(header -> {
            if (!OF_THE_CONNECTION.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                request.header(header.getKey(), header.getValue());
            }
        });
        try {
            return answer(client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw lost(address, commits, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Forwarder.goingDown();
        }
    }

    /** An earlier commit may have been sent there too: so also where this one was not, nobody knows. */
    private static DatabaseException lost(String address, boolean commits, IOException failure) {
        Map<String, String> details = Map.of("router", address);
        return commits
                ? new DatabaseException(
                        ErrorCode.OUTCOME_UNKNOWN,
                        "the transaction's router does not answer, so its commit may or may not have happened: "
                                + failure,
                        details)
                : new DatabaseException(
                        ErrorCode.TRANSACTION_LOST,
                        "the transaction's router does not answer; begin it again: " + failure,
                        details);
    }

    private static DirectAnswer answer(HttpResponse<byte[]> response) {
        boolean problem =
                response.headers().firstValue("Content-Type").orElse("").startsWith("application/problem");
        DirectAnswer answer = response.statusCode() == HttpResponseStatus.NOT_MODIFIED.code()
                ? DirectAnswer.notModified()
                : problem
                        ? DirectAnswer.problem(response.statusCode(), response.body())
                        : DirectAnswer.json(HttpResponseStatus.valueOf(response.statusCode()), response.body());
        String tag = response.headers().firstValue("ETag").orElse("");
        String allow = response.headers().firstValue("Allow").orElse("");
        if (tag.matches("\"[0-9]{1,19}\"")) {
            answer = answer.of(Long.parseLong(tag.substring(1, tag.length() - 1)));
        }
        if (!allow.isEmpty()) {
            answer = answer.allowing(allow);
        }
        return answer.with(response.headers().firstValue("Session-Token").orElse(""));
    }

    @PreDestroy
    void close() {
        client.shutdownNow();
    }
}

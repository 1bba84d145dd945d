package io.shardeddb.server.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.body.CloseableAvailableByteBody;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Bodies of requests, of any content type and method: GET /copy has one too, which binding would drop. */
final class Bodies {
    private Bodies() {}

    /** The body's JSON object; empty when there is no body. Fails with MALFORMED_JSON or MALFORMED_REQUEST. */
    static CompletableFuture<Map<?, ?>> object(HttpRequest<?> request) {
        if (!(request instanceof ServerHttpRequest<?> server)) {
            return CompletableFuture.completedFuture(Map.of());
        }
        CompletableFuture<Map<?, ?>> result = new CompletableFuture<>();
        var _ = server.byteBody().buffer().whenComplete((body, failure) -> {
            if (failure != null) {
                result.completeExceptionally(
                        new DatabaseException(ErrorCode.TOO_LARGE, "the body cannot be read: " + failure.getMessage()));
                return;
            }
            try (CloseableAvailableByteBody available = body) {
                result.complete(parse(new String(available.toByteArray(), StandardCharsets.UTF_8)));
            } catch (DatabaseException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static Map<?, ?> parse(String text) {
        if (text.isBlank()) {
            return Map.of();
        }
        try {
            if (CanonicalJson.parse(text) instanceof Map<?, ?> object) {
                return object;
            }
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(ErrorCode.MALFORMED_JSON, "the body is not JSON: " + e.getMessage());
        }
        throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "the body must be a JSON object");
    }
}

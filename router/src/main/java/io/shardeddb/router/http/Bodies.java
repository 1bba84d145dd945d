package io.shardeddb.router.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.body.CloseableAvailableByteBody;
import io.micronaut.http.exceptions.BufferLengthExceededException;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.netty.handler.codec.DecoderException;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The bytes of a request's body, whatever its method and content type. */
public final class Bodies {

    private Bodies() {}

    /**
     * The whole body; empty when there is none. Fails with TOO_LARGE beyond the server's limit, and MALFORMED_REQUEST.
     */
    public static CompletableFuture<byte[]> read(HttpRequest<?> request) {
        if (!(request instanceof ServerHttpRequest<?> server)) {
            return CompletableFuture.completedFuture(new byte[0]);
        }
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        var _ = server.byteBody().buffer().whenComplete((body, failure) -> {
            if (failure != null) {
                result.completeExceptionally(readable(failure));
            } else {
                try (CloseableAvailableByteBody available = body) {
                    result.complete(available.toByteArray());
                }
            }
        });
        return result;
    }

    private static Throwable readable(Throwable failure) {
        Throwable at =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (at instanceof ContentLengthExceededException || at instanceof BufferLengthExceededException) {
            return tooLarge(at);
        }
        if (at instanceof DecoderException) {
            return new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "the request's body is not what its Content-Encoding says: " + at.getMessage(),
                    Map.of("header", "Content-Encoding"));
        }
        return at;
    }

    /** The error for a body beyond the limit. */
    public static DatabaseException tooLarge(Throwable cause) {
        return new DatabaseException(ErrorCode.TOO_LARGE, "the request's body is too large: " + cause.getMessage());
    }
}

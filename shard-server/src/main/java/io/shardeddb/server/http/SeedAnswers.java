package io.shardeddb.server.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Answers in the assignment's shape: a message and a status, the data next to them. */
final class SeedAnswers {
    private SeedAnswers() {}

    static HttpResponse<String> success(Map<String, ?> more) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(more);
        answer.put("status", "success");
        return HttpResponse.ok(CanonicalJson.write(answer));
    }

    static HttpResponse<String> success(String message) {
        return success(Map.of("message", message));
    }

    /** Errors become answers with their code's HTTP status. */
    static CompletableFuture<HttpResponse<String>> guarded(CompletableFuture<HttpResponse<String>> answer) {
        return answer.exceptionally(SeedAnswers::failure);
    }

    static HttpResponse<String> failure(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        DatabaseException error = cause instanceof DatabaseException known
                ? known
                : new DatabaseException(ErrorCode.INTERNAL, "the request failed: " + cause);
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("message", "<Error> " + error.text());
        body.put("status", "failure");
        body.put("code", error.code().name());
        if (!error.details().isEmpty()) {
            body.put("details", error.details());
        }
        // Where other clients of these endpoints look for the reason.
        body.put("error", error.text());
        body.put("detail", error.text());
        return HttpResponse.<String>status(HttpStatus.valueOf(error.code().httpStatus()))
                .body(CanonicalJson.write(body));
    }
}

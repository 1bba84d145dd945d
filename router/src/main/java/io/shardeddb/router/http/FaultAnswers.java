package io.shardeddb.router.http;

import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.Map;

/** Answers that the HTTP server makes itself, such as 404 and 405, in our shapes. */
@Singleton
@Replaces(ErrorResponseProcessor.class)
final class FaultAnswers implements ErrorResponseProcessor<byte[]> {

    @Override
    public MutableHttpResponse<byte[]> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        HttpRequest<?> request = context.getRequest();
        MutableHttpResponse<byte[]> ours =
                FaultController.answer(request, error(request, response.status(), reason(context, response.status())));
        return response.status(response.status())
                .contentType(ours.getContentType().orElse(MediaType.APPLICATION_JSON_TYPE))
                .body(ours.body());
    }

    /** The error behind a status that the server or a filter chose. */
    static DatabaseException error(HttpRequest<?> request, HttpStatus status, String reason) {
        String path = request.getPath();
        return switch (status) {
            case NOT_FOUND ->
                new DatabaseException(
                        ErrorCode.UNKNOWN_ENDPOINT,
                        "'" + path + "' endpoint does not exist in server replicas",
                        Map.of("path", path));
            case METHOD_NOT_ALLOWED -> ErrorAnswers.notAllowed(request.getMethodName(), path);
            case REQUEST_ENTITY_TOO_LARGE ->
                new DatabaseException(ErrorCode.TOO_LARGE, "the request's body is too large: " + reason);
            default ->
                new DatabaseException(
                        status.getCode() >= 500 ? ErrorCode.INTERNAL : ErrorCode.MALFORMED_REQUEST, reason);
        };
    }

    private static String reason(ErrorContext context, HttpStatus status) {
        return context.getErrors().isEmpty()
                ? status.getReason()
                : context.getErrors().getFirst().getMessage();
    }
}

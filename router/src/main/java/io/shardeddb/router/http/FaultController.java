package io.shardeddb.router.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.exceptions.BufferLengthExceededException;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.micronaut.http.exceptions.HttpStatusException;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.rows.SeedAnswers;
import java.net.URISyntaxException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exceptions that no endpoint answers itself. */
@Controller
final class FaultController {

    private static final Logger LOG = LoggerFactory.getLogger(FaultController.class);

    @Error(global = true, exception = ContentLengthExceededException.class)
    HttpResponse<?> tooLarge(HttpRequest<?> request, ContentLengthExceededException failure) {
        return answer(request, Bodies.tooLarge(failure));
    }

    @Error(global = true, exception = BufferLengthExceededException.class)
    HttpResponse<?> tooLarge(HttpRequest<?> request, BufferLengthExceededException failure) {
        return answer(request, Bodies.tooLarge(failure));
    }

    @Error(global = true, exception = DatabaseException.class)
    HttpResponse<?> database(HttpRequest<?> request, DatabaseException failure) {
        return answer(request, failure);
    }

    @Error(global = true, exception = HttpStatusException.class)
    HttpResponse<?> status(HttpRequest<?> request, HttpStatusException failure) {
        return answer(request, FaultAnswers.error(request, failure.getStatus(), String.valueOf(failure.getMessage())));
    }

    @Error(global = true)
    HttpResponse<?> fault(HttpRequest<?> request, Throwable failure) {
        if (failure instanceof URISyntaxException target) {
            return unreadable(target);
        }
        DatabaseException error = Writes.error(failure);
        if (error.code() == ErrorCode.INTERNAL) {
            LOG.error("{} {} failed", request.getMethodName(), request.getPath(), failure);
        }
        return answer(request, error);
    }

    /** The answer to a target that is no URI. The framework makes no request of it, so the path is the exception's. */
    private static MutableHttpResponse<byte[]> unreadable(URISyntaxException target) {
        return answer(
                target.getInput(),
                new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "the request's path or query cannot be read: " + target.getReason() + " at character "
                                + target.getIndex() + "; other characters than ASCII's, and percent signs, are written"
                                + " as a percent sign and two hexadecimal digits",
                        Map.of("position", Integer.toString(target.getIndex()))));
    }

    static MutableHttpResponse<byte[]> answer(HttpRequest<?> request, DatabaseException error) {
        return answer(request.getPath(), error);
    }

    private static MutableHttpResponse<byte[]> answer(String path, DatabaseException error) {
        return path.startsWith("/v1/") ? ErrorAnswers.of(error) : SeedAnswers.error(error);
    }
}

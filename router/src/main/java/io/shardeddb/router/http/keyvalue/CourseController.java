package io.shardeddb.router.http.keyvalue;

import com.google.protobuf.ByteString;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Bodies;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.json.JsonInput;
import io.shardeddb.router.keyvalue.Entry;
import io.shardeddb.router.keyvalue.KeyCondition;
import io.shardeddb.router.keyvalue.KeyValues;
import io.shardeddb.router.keyvalue.Put;
import io.shardeddb.router.keyvalue.Space;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a ring store's front end, with its bare texts: the places of courses, in the space {@code courses}.
 * What it answered with an empty 200 is 400 here.
 */
@Controller
@Consumes(MediaType.ALL)
@Produces(MediaType.TEXT_PLAIN)
final class CourseController {

    private static final String SPACE = "courses";
    private static final String WRITTEN = "200 OK -- Successfully wrote to node!";
    private static final int BAD_REQUEST = 400;
    private static final int SERVER_ERRORS = 500;

    private final KeyValues keyValues;

    CourseController(KeyValues keyValues) {
        this.keyValues = keyValues;
    }

    /** The count of a course. */
    @Get("/read-from-node")
    CompletableFuture<HttpResponse<String>> read(HttpRequest<?> request) {
        return answer(() -> {
            String course = request.getParameters().get("courseid");
            if (course == null || course.isEmpty()) {
                throw malformed("Query parameter 'courseid' is missing");
            }
            return keyValues
                    .get(SPACE, ByteString.copyFromUtf8(course), RequestOptions.read(request.getHeaders()::get))
                    .thenApply(found -> count(course, found.entry()));
        });
    }

    private static String count(String course, @Nullable Entry entry) {
        if (entry == null) {
            throw malformed("CourseID #" + course + " does not exist.");
        }
        ByteString value = entry.value();
        return value == null ? String.valueOf(entry.number()) : value.toStringUtf8();
    }

    /** Sets the count of a course. */
    @Post("/write-to-node")
    CompletableFuture<HttpResponse<String>> write(HttpRequest<?> request) {
        return answer(() -> Bodies.read(request)
                .thenCompose(body -> keyValues.put(
                        SPACE, put(body), new KeyValues.Writer(RequestOptions.requestId(request.getHeaders()::get))))
                .thenApply(ignored -> WRITTEN));
    }

    private static Put put(byte[] body) {
        if (!(JsonInput.read(body, JsonInput::nextValue) instanceof Map<?, ?> members)) {
            throw malformed("the body must be an object with CourseId and Count");
        }
        String course = text(members, "courseid");
        String count = text(members, "count");
        if (!count.matches("[0-9]{1,18}")) {
            throw malformed("Count must be a whole number from 0, not '" + count + "'");
        }
        return new Put(
                ByteString.copyFromUtf8(course),
                ByteString.copyFromUtf8(Long.toString(Long.parseLong(count))),
                Space.TEXT,
                null,
                null,
                KeyCondition.NONE);
    }

    /** Names in any case. */
    private static String text(Map<?, ?> members, String name) {
        for (Map.Entry<?, ?> member : members.entrySet()) {
            boolean named =
                    String.valueOf(member.getKey()).toLowerCase(Locale.ROOT).equals(name);
            if (named && (member.getValue() instanceof String || member.getValue() instanceof Long)) {
                return String.valueOf(member.getValue());
            }
        }
        throw malformed("the body must have CourseId and Count, as texts or whole numbers");
    }

    /** Which port answers. */
    @Get("/check-alive")
    HttpResponse<String> alive(HttpRequest<?> request) {
        int port = request.getServerAddress().getPort();
        return everywhere(HttpStatus.OK, "{\"FrontEndPortNo\":\"" + port + "\"}");
    }

    @FunctionalInterface
    private interface Work {
        CompletableFuture<String> begin();
    }

    private static CompletableFuture<HttpResponse<String>> answer(Work work) {
        CompletableFuture<String> text;
        try {
            text = work.begin();
        } catch (DatabaseException e) {
            text = CompletableFuture.failedFuture(e);
        }
        return text.thenApply(answer -> everywhere(HttpStatus.OK, answer)).exceptionally(CourseController::failed);
    }

    /** All that is the request's fault is 400, as in the original. */
    private static HttpResponse<String> failed(Throwable failure) {
        DatabaseException error = Writes.error(failure);
        int status = error.code().httpStatus();
        return everywhere(HttpStatus.valueOf(status < SERVER_ERRORS ? BAD_REQUEST : status), error.text());
    }

    /** Pages of any origin may read it, as in the original. */
    private static HttpResponse<String> everywhere(HttpStatus status, String text) {
        return HttpResponse.<String>status(status)
                .header("Access-Control-Allow-Origin", "*")
                .characterEncoding(StandardCharsets.UTF_8)
                .body(text);
    }

    private static DatabaseException malformed(String what) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, what);
    }
}

package io.shardeddb.router.http.collections;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.shardeddb.router.documents.DocumentCaller;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Bodies;
import io.shardeddb.router.http.ErrorAnswers;
import io.shardeddb.router.http.RequestOptions;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds and pipelines whose answer is lines, of any number. The others are {@link CollectionEndpoints}'. */
@Controller("/v1/collections")
@Consumes(MediaType.ALL)
@Produces(LinesController.LINES)
final class LinesController {

    /** Content type of lines of JSON. */
    static final String LINES = "application/x-ndjson";

    private final CollectionQueries queries;

    LinesController(CollectionQueries queries) {
        this.queries = queries;
    }

    /** Whether a client asks for lines. */
    static boolean areAskedFor(CollectionTarget.Shape shape, HttpHeaders headers) {
        return (shape == CollectionTarget.Shape.FIND || shape == CollectionTarget.Shape.AGGREGATE)
                && areNamed(headers.get(HttpHeaderNames.ACCEPT));
    }

    /** Whether a list of content types begins with the one of lines. */
    static boolean areNamed(@Nullable String types) {
        return types != null && types.strip().toLowerCase(Locale.ROOT).startsWith(LINES);
    }

    /** Documents that match. */
    @Post("/{collection}/find")
    CompletableFuture<HttpResponse<?>> find(HttpRequest<?> request, @PathVariable String collection) {
        return lines(request, body -> queries.foundLines(collection, body, caller(request)));
    }

    /** What a pipeline gives. */
    @Post("/{collection}/aggregate")
    CompletableFuture<HttpResponse<?>> aggregate(HttpRequest<?> request, @PathVariable String collection) {
        return lines(request, body -> queries.aggregatedLines(collection, body, caller(request)));
    }

    private static DocumentCaller caller(HttpRequest<?> request) {
        return new DocumentCaller(null, DocumentCaller.PLAIN.content(), RequestOptions.read(request.getHeaders()::get));
    }

    private static CompletableFuture<HttpResponse<?>> lines(
            HttpRequest<?> request, Function<byte[], DocumentLines> answer) {
        return Bodies.read(request)
                .<HttpResponse<?>>thenApplyAsync(
                        body -> HttpResponse.ok(answer.apply(body)).contentType(LINES), RangeStream.virtual())
                .exceptionally(failure -> ErrorAnswers.of(Writes.error(failure)));
    }
}

package io.shardeddb.router.http.rows;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.forward.RangeRead;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.Bodies;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.http.RowsDocument;
import io.shardeddb.router.http.WriteOutcome;
import io.shardeddb.router.json.ContentHash;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.json.RowOutput;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The assignment's rows: write, read, update, delete. Any content type, or none, is taken for JSON. */
@Controller
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class RowsController {

    private final Writes writes;
    private final Reads reads;

    RowsController(Writes writes, Reads reads) {
        this.writes = writes;
        this.reads = reads;
    }

    @Post("/write")
    CompletableFuture<HttpResponse<?>> write(HttpRequest<?> request) {
        return Bodies.read(request)
                .thenCompose(body -> writes.run(
                                RequestOptions.requestId(request.getHeaders()::get),
                                () -> content(request, body),
                                topology -> SeedRequests.write(topology, body))
                        .<HttpResponse<?>>thenApply(result -> written(request, result)))
                .exceptionally(SeedAnswers::error);
    }

    private static HttpResponse<?> written(HttpRequest<?> request, Writes.Result result) {
        DatabaseException gravest = result.gravest();
        if (gravest != null) {
            return token(
                    request, result, result.parts().size() == 1 ? SeedAnswers.error(gravest) : partly(result, gravest));
        }
        int operations = result.parts().stream()
                .mapToInt(part -> part.part().operations().size())
                .sum();
        int added = Arrays.stream(result.affected(operations))
                .map(rows -> Math.min(rows, 1))
                .sum();
        String message = added + " Data entries added"
                + (added == operations ? "" : " (" + (operations - added) + " duplicate entries skipped)");
        return token(request, result, SeedAnswers.message(message, "success"));
    }

    /** Atomic per shard alone: says which rows were committed, which not, and of which it is not known. */
    private static MutableHttpResponse<byte[]> partly(Writes.Result result, DatabaseException gravest) {
        return Answers.json(gravest.code().httpStatus(), json -> {
            json.writeStartObject();
            json.writeStringField("message", "<Error> Not all data entries were added: " + gravest.text());
            json.writeStringField("status", "failure");
            WriteOutcome.write(json, result);
            SeedAnswers.writeError(json, gravest);
            json.writeEndObject();
        });
    }

    private static HttpResponse<?> token(
            HttpRequest<?> request, Writes.Result result, MutableHttpResponse<byte[]> response) {
        return Answers.with(
                response, RequestOptions.token(request.getHeaders()::get).with(result.indexes()));
    }

    @Put("/update")
    CompletableFuture<HttpResponse<?>> update(HttpRequest<?> request) {
        return change(request, "Data entry for Stud_id: %s updated", SeedRequests::update);
    }

    @Post("/update")
    CompletableFuture<HttpResponse<?>> postUpdate(HttpRequest<?> request) {
        return update(request);
    }

    @Delete("/del")
    CompletableFuture<HttpResponse<?>> delete(HttpRequest<?> request) {
        return change(request, "Data entry with Stud_id:%s removed from all replicas", SeedRequests::delete);
    }

    @Post("/del")
    CompletableFuture<HttpResponse<?>> postDelete(HttpRequest<?> request) {
        return delete(request);
    }

    /** Of what was sent: the same however the tables have changed since. */
    private static long content(HttpRequest<?> request, byte[] body) {
        return ContentHash.of(request.getMethodName() + "\n" + request.getPath(), body);
    }

    @FunctionalInterface
    private interface Change {
        SeedRequests.RowChange plan(Topology topology, byte[] body);
    }

    private CompletableFuture<HttpResponse<?>> change(HttpRequest<?> request, String message, Change change) {
        String[] key = {""};
        String[] column = {"Stud_id"};
        return Bodies.read(request)
                .thenCompose(body -> writes.run(
                                RequestOptions.requestId(request.getHeaders()::get),
                                () -> content(request, body),
                                topology -> {
                                    SeedRequests.RowChange planned = change.plan(topology, body);
                                    key[0] = planned.key();
                                    column[0] =
                                            SeedTable.of(topology).keyColumn(0).name();
                                    return planned.plan();
                                })
                        .<HttpResponse<?>>thenApply(result -> changed(request, result, message, column[0], key[0])))
                .exceptionally(SeedAnswers::error);
    }

    private static HttpResponse<?> changed(
            HttpRequest<?> request, Writes.Result result, String message, String column, String key) {
        DatabaseException error = result.gravest();
        if (error != null) {
            if (error.code() == ErrorCode.ROW_NOT_FOUND) {
                error = new DatabaseException(
                        error.code(),
                        "Data entry for " + column + ": " + key + " not found",
                        Map.of("column", column, "key", key));
            }
            return token(request, result, SeedAnswers.error(error));
        }
        return token(
                request,
                result,
                SeedAnswers.message(message.replace("Stud_id", column).replace("%s", key), "success"));
    }

    @Post("/read")
    CompletableFuture<HttpResponse<?>> read(HttpRequest<?> request) {
        return Bodies.read(request)
                .thenCompose(body -> reads.withTopology(topology -> range(request, topology, body)))
                .exceptionally(SeedAnswers::error);
    }

    /** Some clients read with a body on GET. */
    @Get("/read")
    CompletableFuture<HttpResponse<?>> getRead(HttpRequest<?> request) {
        return read(request);
    }

    private CompletableFuture<HttpResponse<?>> range(HttpRequest<?> request, Topology topology, byte[] body) {
        TableDefinition table = SeedTable.of(topology);
        ReadOptions options = RequestOptions.read(request.getHeaders()::get);
        RangeRead read =
                new RangeRead(topology, table, SeedRequests.range(topology, body), Projection.all(table), 0, options);
        RowOutput output = new RowOutput(table, read.projection().wanted(), false);
        List<String> shards = read.shards().stream().map(ShardEntry::name).toList();
        return reads.page(read).thenCompose(page -> {
            if (!page.complete()) {
                return CompletableFuture.supplyAsync(() -> stream(read, output, shards), RangeStream.virtual());
            }
            SessionToken token = options.session().with(page.indexes());
            return CompletableFuture.completedFuture(Answers.with(
                    Answers.json(200, json -> {
                        beginning(shards).write(json);
                        for (var row : page.rows()) {
                            output.write(json, row);
                        }
                        end(json);
                    }),
                    token));
        });
    }

    private HttpResponse<?> stream(RangeRead read, RowOutput output, List<String> shards) {
        RangeStream stream = reads.stream(read);
        try {
            return Answers.stream(
                    new RowsDocument(stream, output, beginning(shards), (json, count, last) -> end(json)));
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw Writes.error(e);
        }
    }

    private static JsonOutput.Writing beginning(List<String> shards) {
        return json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("shards_queried");
            for (String shard : shards) {
                json.writeString(shard);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("data");
        };
    }

    /** The success comes last: who reads no "status" has not read everything. */
    private static void end(com.fasterxml.jackson.core.JsonGenerator json) throws IOException {
        json.writeEndArray();
        json.writeStringField("status", "success");
        json.writeEndObject();
    }
}

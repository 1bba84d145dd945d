package io.shardeddb.router.http.v1;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Patch;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.router.forward.RangeRead;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.Bodies;
import io.shardeddb.router.http.ErrorAnswers;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.http.RowsDocument;
import io.shardeddb.router.http.WriteOutcome;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.json.RowOutput;
import io.shardeddb.router.route.Continuation;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Rows of any table, by our own rules: strict types, HTTP's own verbs and statuses. */
@Controller("/v1/tables")
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class TablesController {

    private static final JsonOutput.Writing BEGINNING = json -> {
        json.writeStartObject();
        json.writeArrayFieldStart("rows");
    };

    private final Writes writes;
    private final Reads reads;
    private final LatestTopology topology;

    TablesController(Writes writes, Reads reads, LatestTopology topology) {
        this.writes = writes;
        this.reads = reads;
        this.topology = topology;
    }

    /** All tables. */
    @Get
    HttpResponse<?> tables() {
        List<TableDefinition> tables = topology.current().schema().tables();
        return Answers.json(200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("tables");
            for (TableDefinition table : tables) {
                write(json, table);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** One table. */
    @Get("/{table}")
    HttpResponse<?> table(@PathVariable String table) {
        TableDefinition found = topology.current().schema().table(table);
        return Answers.json(200, json -> write(json, found));
    }

    private static void write(com.fasterxml.jackson.core.JsonGenerator json, TableDefinition table) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", table.name());
        json.writeArrayFieldStart("columns");
        for (ColumnDefinition column : table.columns()) {
            json.writeStartObject();
            json.writeStringField("name", column.name());
            json.writeStringField("type", column.type().text());
            json.writeBooleanField("nullable", column.nullable());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("primaryKey");
        for (String key : table.primaryKey()) {
            json.writeString(key);
        }
        json.writeEndArray();
        json.writeStringField("shardKey", table.shardKey());
        json.writeEndObject();
    }

    /** One row by {@code key}, or a range. */
    @Get("/{table}/rows")
    CompletableFuture<HttpResponse<?>> range(HttpRequest<?> request, @PathVariable String table) {
        List<String> key = request.getParameters().getAll("key");
        return (key.isEmpty()
                        ? reads.withTopology(
                                now -> range(request, now, now.schema().table(table)))
                        : one(request, table, key))
                .exceptionally(TablesController::error);
    }

    /** One row. */
    @Get("/{table}/rows/{key}")
    CompletableFuture<HttpResponse<?>> row(
            HttpRequest<?> request, @PathVariable String table, @PathVariable String key) {
        return one(request, table, List.of(key)).exceptionally(TablesController::error);
    }

    private CompletableFuture<HttpResponse<?>> one(HttpRequest<?> request, String name, List<String> texts) {
        return reads.withTopology(now -> {
            TableDefinition table = now.schema().table(name);
            Row key = KeyText.key(table, texts);
            Projection projection = RangeQuery.projection(table, request.getParameters());
            ReadOptions options = RequestOptions.read(request.getHeaders());
            return reads.keys(now, table, List.of(key), projection, options).thenApply(page -> {
                if (page.rows().isEmpty()) {
                    throw notFound(table, texts);
                }
                RowOutput output = new RowOutput(table, projection.wanted(), true);
                return Answers.with(
                        Answers.json(200, json -> output.write(json, page.rows().getFirst())),
                        options.session().with(page.indexes()));
            });
        });
    }

    private static DatabaseException notFound(TableDefinition table, List<String> key) {
        return new DatabaseException(
                ErrorCode.ROW_NOT_FOUND,
                "table " + table.name() + " has no row with key " + String.join(",", key),
                Map.of("table", table.name(), "key", String.join(",", key)));
    }

    private CompletableFuture<HttpResponse<?>> range(HttpRequest<?> request, Topology now, TableDefinition table) {
        RangeQuery query = RangeQuery.parse(table, request.getParameters());
        ReadOptions options = RequestOptions.read(request.getHeaders());
        RangeRead read = new RangeRead(now, table, query.range(), query.projection(), query.limit(), options);
        RowOutput output = new RowOutput(table, query.projection().wanted(), true);
        return reads.page(read).thenCompose(page -> {
            if (!page.complete()) {
                return CompletableFuture.supplyAsync(() -> stream(read, output), RangeStream.virtual());
            }
            Row last = page.rows().isEmpty() ? null : page.rows().getLast();
            return CompletableFuture.completedFuture(Answers.with(
                    Answers.json(200, json -> {
                        BEGINNING.write(json);
                        for (Row row : page.rows()) {
                            output.write(json, row);
                        }
                        end(json, page.rows().size(), page.more() ? last : null, read.projection());
                    }),
                    options.session().with(page.indexes())));
        });
    }

    private HttpResponse<?> stream(RangeRead read, RowOutput output) {
        RangeStream stream = reads.stream(read);
        try {
            return Answers.stream(new RowsDocument(
                    stream,
                    output,
                    BEGINNING,
                    (json, count, last) -> end(json, count, stream.more() ? last : null, read.projection())));
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw Writes.error(e);
        }
    }

    /** What says that the answer is whole comes last. */
    private static void end(
            com.fasterxml.jackson.core.JsonGenerator json,
            long count,
            @Nullable Row continueAfter,
            Projection projection)
            throws IOException {
        json.writeEndArray();
        json.writeNumberField("count", count);
        if (continueAfter != null) {
            json.writeStringField("continuation", Continuation.after(projection.keyOf(continueAfter)));
        }
        json.writeBooleanField("complete", true);
        json.writeEndObject();
    }

    /** Inserts a row or an array of rows. */
    @Post("/{table}/rows")
    CompletableFuture<HttpResponse<?>> insert(HttpRequest<?> request, @PathVariable String table) {
        return write(request, 201, (now, body) -> TableRequests.rows(now, table, OperationKind.INSERT, body));
    }

    /** Inserts or replaces a row or an array of rows. */
    @Put("/{table}/rows")
    CompletableFuture<HttpResponse<?>> upsert(HttpRequest<?> request, @PathVariable String table) {
        List<String> key = request.getParameters().getAll("key");
        return write(
                request,
                200,
                (now, body) -> key.isEmpty()
                        ? TableRequests.rows(now, table, OperationKind.UPSERT, body)
                        : keyed(now, table, OperationKind.UPSERT, key, body));
    }

    /** Inserts or replaces the row with this key. */
    @Put("/{table}/rows/{key}")
    CompletableFuture<HttpResponse<?>> upsertOne(
            HttpRequest<?> request, @PathVariable String table, @PathVariable String key) {
        return write(request, 200, (now, body) -> keyed(now, table, OperationKind.UPSERT, List.of(key), body));
    }

    /** Changes the named columns of a row or an array of rows. */
    @Patch("/{table}/rows")
    CompletableFuture<HttpResponse<?>> update(HttpRequest<?> request, @PathVariable String table) {
        List<String> key = request.getParameters().getAll("key");
        return write(
                request,
                200,
                (now, body) -> key.isEmpty()
                        ? TableRequests.rows(now, table, OperationKind.UPDATE, body)
                        : keyed(now, table, OperationKind.UPDATE, key, body));
    }

    /** Changes the named columns of the row with this key. */
    @Patch("/{table}/rows/{key}")
    CompletableFuture<HttpResponse<?>> updateOne(
            HttpRequest<?> request, @PathVariable String table, @PathVariable String key) {
        return write(request, 200, (now, body) -> keyed(now, table, OperationKind.UPDATE, List.of(key), body));
    }

    private static WritePlan keyed(Topology now, String table, OperationKind kind, List<String> key, byte[] body) {
        return TableRequests.row(now, table, kind, KeyText.key(now.schema().table(table), key), body);
    }

    /** Removes the rows whose keys stand in the body, an object or an array of objects; or the one in the query. */
    @Delete("/{table}/rows")
    CompletableFuture<HttpResponse<?>> delete(HttpRequest<?> request, @PathVariable String table) {
        List<String> key = request.getParameters().getAll("key");
        return write(
                request,
                200,
                (now, body) -> key.isEmpty()
                        ? TableRequests.rows(now, table, OperationKind.DELETE, body)
                        : TableRequests.delete(
                                now, table, KeyText.key(now.schema().table(table), key)));
    }

    /** Removes the row with this key. */
    @Delete("/{table}/rows/{key}")
    CompletableFuture<HttpResponse<?>> deleteOne(
            HttpRequest<?> request, @PathVariable String table, @PathVariable String key) {
        return write(
                request,
                200,
                (now, body) -> TableRequests.delete(
                        now, table, KeyText.key(now.schema().table(table), List.of(key))));
    }

    /** Operations of any kinds. */
    @Post("/{table}/batch")
    CompletableFuture<HttpResponse<?>> batch(HttpRequest<?> request, @PathVariable String table) {
        return write(request, 200, (now, body) -> TableRequests.batch(now, table, body));
    }

    @FunctionalInterface
    private interface Planning {
        WritePlan plan(Topology now, byte[] body);
    }

    private CompletableFuture<HttpResponse<?>> write(HttpRequest<?> request, int status, Planning planning) {
        return Bodies.read(request)
                .thenCompose(body -> writes.run(
                                RequestOptions.requestId(request.getHeaders()), now -> planning.plan(now, body))
                        .<HttpResponse<?>>thenApply(result -> written(request, status, result)))
                .exceptionally(TablesController::error);
    }

    private static HttpResponse<?> written(HttpRequest<?> request, int status, Writes.Result result) {
        DatabaseException error = result.gravest();
        MutableHttpResponse<byte[]> answer;
        if (error == null) {
            int operations = result.parts().stream()
                    .mapToInt(part -> part.part().operations().size())
                    .sum();
            int[] affected = result.affected(operations);
            answer = Answers.json(status, json -> {
                json.writeStartObject();
                json.writeNumberField("operations", operations);
                json.writeNumberField(
                        "affected",
                        Arrays.stream(affected).filter(rows -> rows > 0).count());
                if (operations > 0) {
                    json.writeNumberField("timestamp", result.timestamp());
                }
                json.writeEndObject();
            });
        } else if (result.parts().size() == 1) {
            answer = ErrorAnswers.of(error);
        } else {
            answer = ErrorAnswers.of(error, json -> WriteOutcome.write(json, result));
        }
        return Answers.with(answer, RequestOptions.token(request.getHeaders()).with(result.indexes()));
    }

    private static HttpResponse<?> error(Throwable failure) {
        return ErrorAnswers.of(Writes.error(failure));
    }
}

package io.shardeddb.router.http.v1;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.forward.RangeRead;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.ErrorAnswers;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.http.RowsDocument;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.json.RowOutput;
import io.shardeddb.router.route.Continuation;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Tables, and ranges of their rows; single rows and batches are {@link RowEndpoints}'. */
@Controller("/v1/tables")
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class TablesController {

    private static final JsonOutput.Writing BEGINNING = json -> {
        json.writeStartObject();
        json.writeArrayFieldStart("rows");
    };

    private final Reads reads;
    private final LatestTopology topology;

    TablesController(Reads reads, LatestTopology topology) {
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

    /** A range. With {@code key} it is one row, which {@link RowEndpoints} answers. */
    @Get("/{table}/rows")
    CompletableFuture<HttpResponse<?>> range(HttpRequest<?> request, @PathVariable String table) {
        return reads.withTopology(now -> range(request, now, now.schema().table(table)))
                .exceptionally(TablesController::error);
    }

    private CompletableFuture<HttpResponse<?>> range(HttpRequest<?> request, Topology now, TableDefinition table) {
        RangeQuery query = RangeQuery.parse(table, request.getParameters().asMap());
        ReadOptions options = RequestOptions.read(request.getHeaders()::get);
        RangeRead read = new RangeRead(now, table, query.range(), query.projection(), query.limit(), options);
        RowOutput output = new RowOutput(table, query.projection().wanted(), true);
        return reads.page(read).thenCompose(page -> {
            if (!page.complete()) {
                return CompletableFuture.supplyAsync(() -> stream(read, output), RangeStream.virtual());
            }
            Row last = page.rows().isEmpty() ? null : page.rows().getLast();
            return CompletableFuture.completedFuture(Answers.with(
                    Answers.json(200, document(page.rows(), output, page.more() ? last : null, read.projection())),
                    options.session().with(page.indexes())));
        });
    }

    /**
     * A page of rows.
     *
     * @param continueAfter its last row, where there are more
     */
    static JsonOutput.Writing document(
            List<Row> rows, RowOutput output, @Nullable Row continueAfter, Projection projection) {
        return json -> {
            BEGINNING.write(json);
            for (Row row : rows) {
                output.write(json, row);
            }
            end(json, rows.size(), continueAfter, projection, false);
        };
    }

    private HttpResponse<?> stream(RangeRead read, RowOutput output) {
        RangeStream stream = reads.stream(read);
        try {
            return Answers.stream(new RowsDocument(
                    stream,
                    output,
                    BEGINNING,
                    (json, count, last) ->
                            end(json, count, stream.more() ? last : null, read.projection(), stream.leftCut())));
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw Writes.error(e);
        }
    }

    /**
     * What says that the answer is whole comes last.
     *
     * @param severalMoments whether a server was lost, and rows of its shard are of a later moment than the others
     */
    private static void end(
            com.fasterxml.jackson.core.JsonGenerator json,
            long count,
            @Nullable Row continueAfter,
            Projection projection,
            boolean severalMoments)
            throws IOException {
        json.writeEndArray();
        json.writeNumberField("count", count);
        if (continueAfter != null) {
            json.writeStringField("continuation", Continuation.after(projection.keyOf(continueAfter)));
        }
        if (severalMoments) {
            json.writeBooleanField("severalMoments", true);
        }
        json.writeBooleanField("complete", true);
        json.writeEndObject();
    }

    private static HttpResponse<?> error(Throwable failure) {
        return ErrorAnswers.of(Writes.error(failure));
    }
}

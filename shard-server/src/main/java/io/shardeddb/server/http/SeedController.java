package io.shardeddb.server.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
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
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.server.ShardServer;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.http.ShardAccess.Shard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The assignment's server endpoints, over the replicated shards: a write goes through the shard's log, whichever
 * replica is asked.
 */
@Controller
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class SeedController {
    private static final int AUTOPOPULATED_ROWS = 5;

    private final ShardServer server;
    private final ShardAccess shards;

    SeedController(ShardServer server, ShardAccess shards) {
        this.server = server;
        this.shards = shards;
    }

    @Get("/heartbeat")
    HttpResponse<?> heartbeat() {
        return HttpResponse.ok();
    }

    @Get("/home")
    HttpResponse<String> home() {
        return HttpResponse.ok(CanonicalJson.write(
                Map.of("message", "Hello from Server: " + server.identity().server(), "status", "successful")));
    }

    /** Placement is the custom resource's: this only says whether the caller's idea of it is right. */
    @Post("/config")
    CompletableFuture<HttpResponse<String>> config(HttpRequest<?> request) {
        return handle(request, body -> {
            List<String> wanted = names(body);
            TreeSet<String> here = new TreeSet<>();
            server.runtime().views().values().forEach(view -> here.add(view.shard()));
            if (!here.equals(new TreeSet<>(wanted))) {
                throw new DatabaseException(
                        ErrorCode.CONFLICT, "this server holds the shards " + here + ", not " + wanted);
            }
            for (String name : wanted) {
                refuseOtherColumns(body, shards.shard(name).table());
            }
            String message = String.join(
                    ", ",
                    wanted.stream()
                            .map(name -> server.identity().server() + ":" + name)
                            .toList());
            return done(SeedAnswers.success(message + " configured"));
        });
    }

    private static void refuseOtherColumns(Map<?, ?> body, TableDefinition table) {
        Object columns = body.get("schema") instanceof Map<?, ?> schema ? schema.get("columns") : null;
        List<String> here =
                table.columns().stream().map(column -> column.name()).toList();
        if (columns != null && !columns.equals(here)) {
            throw new DatabaseException(
                    ErrorCode.CONFLICT, "table " + table.name() + " has the columns " + here + ", not " + columns);
        }
    }

    @Get("/copy")
    CompletableFuture<HttpResponse<String>> copy(HttpRequest<?> request) {
        return handle(request, body -> {
            Map<String, CompletableFuture<List<Map<String, @Nullable Object>>>> parts = new LinkedHashMap<>();
            for (String name : names(body)) {
                Shard shard = shards.shard(name);
                parts.put(name, shards.readHere(shard).thenApply(rows -> SeedRows.json(rows, shard.table())));
            }
            return CompletableFuture.allOf(parts.values().toArray(CompletableFuture[]::new))
                    .thenApply(all -> {
                        Map<String, Object> answer = new LinkedHashMap<>();
                        parts.forEach((name, rows) -> answer.put(name, rows.join()));
                        return SeedAnswers.success(answer);
                    });
        });
    }

    /** The same under the method that some clients use. */
    @Post("/copy")
    CompletableFuture<HttpResponse<String>> copyByPost(HttpRequest<?> request) {
        return copy(request);
    }

    @Post("/read")
    CompletableFuture<HttpResponse<String>> read(HttpRequest<?> request) {
        return handle(request, body -> {
            Shard shard = shards.shard(text(body, "shard"));
            if (!(body.get(shard.table().shardKey()) instanceof Map<?, ?> bounds)) {
                throw new DatabaseException(
                        ErrorCode.MISSING_KEY,
                        "\"" + shard.table().shardKey() + "\" must be an object with \"low\" and \"high\"");
            }
            RangeSelection range = RangeSelection.newBuilder()
                    .setFrom(SeedRows.key(bounds.get("low"), shard.table()))
                    .setTo(SeedRows.key(bounds.get("high"), shard.table()))
                    .build();
            return shards.read(shard, range)
                    .thenApply(rows -> SeedAnswers.success(Map.of("data", SeedRows.json(rows, shard.table()))));
        });
    }

    @Post("/write")
    CompletableFuture<HttpResponse<String>> write(HttpRequest<?> request) {
        return handle(request, body -> {
            Shard shard = shards.shard(text(body, "shard"));
            if (!(body.get("data") instanceof List<?> data) || data.isEmpty()) {
                throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "\"data\" must be a list of rows");
            }
            List<RowOperation> operations = new ArrayList<>();
            for (Object row : data) {
                if (!(row instanceof Map<?, ?> object)) {
                    throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "\"data\" must be a list of objects");
                }
                operations.add(SeedRows.insert(object, shard.table()));
            }
            long index = body.get("curr_idx") instanceof Number number ? number.longValue() : 0;
            return shards.write(shard, operations).thenApply(reply -> {
                long added = reply.getAffectedList().stream()
                        .filter(count -> count > 0)
                        .count();
                long skipped = operations.size() - added;
                String message = skipped == 0
                        ? "Data entries added"
                        : added == 0
                                ? "No data entries added. All entries are duplicate"
                                : "Data entries added (" + skipped + " duplicate entries skipped)";
                return SeedAnswers.success(
                        Map.of("message", message, "current_idx", index + added, "curr_idx", index + added));
            });
        });
    }

    @Put("/update")
    CompletableFuture<HttpResponse<String>> update(HttpRequest<?> request) {
        return handle(request, body -> {
            Shard shard = shards.shard(text(body, "shard"));
            Object key = keyOf(body, shard.table());
            if (!(body.get("data") instanceof Map<?, ?> data)) {
                throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "\"data\" must be an object");
            }
            return shards.write(shard, List.of(SeedRows.update(key, data, shard.table())))
                    .thenApply(reply -> SeedAnswers.success(
                            "Data entry for " + shard.table().shardKey() + ":" + key + " updated"));
        });
    }

    @Delete("/del")
    CompletableFuture<HttpResponse<String>> delete(HttpRequest<?> request) {
        return handle(request, body -> {
            Shard shard = shards.shard(text(body, "shard"));
            Object key = keyOf(body, shard.table());
            return shards.write(shard, List.of(SeedRows.delete(key, shard.table())))
                    .thenApply(reply -> SeedAnswers.success(
                            "Data entry with " + shard.table().shardKey() + ":" + key + " removed"));
        });
    }

    /** The same under the method that some clients use. */
    @Post("/del")
    CompletableFuture<HttpResponse<String>> deleteByPost(HttpRequest<?> request) {
        return delete(request);
    }

    /** A few random rows for the first shard here. */
    @Post("/autopopulate")
    CompletableFuture<HttpResponse<String>> autopopulate(HttpRequest<?> request) {
        return handle(request, body -> {
            String first = server.runtime().views().values().stream()
                    .map(ReplicaView::shard)
                    .min(String::compareTo)
                    .orElseThrow(() -> new DatabaseException(ErrorCode.NOT_INITIALISED, "no shard is here"));
            Shard shard = shards.shard(first);
            var interval = shard.view().interval();
            if (interval == null) {
                throw new DatabaseException(ErrorCode.NOT_INITIALISED, "shard " + first + " owns no interval yet");
            }
            List<RowOperation> operations = new ArrayList<>();
            for (int i = 0; i < AUTOPOPULATED_ROWS; i++) {
                operations.add(SeedRows.insert(randomRow(shard.table(), interval.from()), shard.table()));
            }
            return shards.write(shard, operations).thenApply(reply -> SeedAnswers.success("Data entries added"));
        });
    }

    private static Map<String, Object> randomRow(TableDefinition table, long low) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Map<String, Object> row = new LinkedHashMap<>();
        table.columns()
                .forEach(column -> row.put(
                        column.name(),
                        column.name().equals(table.shardKey())
                                ? (Object) (low + random.nextInt(1000))
                                : (Object) Integer.toString(random.nextInt(100))));
        return row;
    }

    private static Object keyOf(Map<?, ?> body, TableDefinition table) {
        Object key = body.get(table.shardKey());
        if (key == null) {
            throw new DatabaseException(ErrorCode.MISSING_KEY, "\"" + table.shardKey() + "\" is missing");
        }
        return key;
    }

    private static List<String> names(Map<?, ?> body) {
        if (!(body.get("shards") instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "\"shards\" must be a list of names");
        }
        return list.stream().map(String.class::cast).toList();
    }

    private static String text(Map<?, ?> body, String field) {
        if (body.get(field) instanceof String text) {
            return text;
        }
        throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "\"" + field + "\" is missing");
    }

    private static CompletableFuture<HttpResponse<String>> done(HttpResponse<String> answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static CompletableFuture<HttpResponse<String>> handle(
            HttpRequest<?> request, Function<Map<?, ?>, CompletableFuture<HttpResponse<String>>> work) {
        return SeedAnswers.guarded(Bodies.object(request).thenCompose(work));
    }
}

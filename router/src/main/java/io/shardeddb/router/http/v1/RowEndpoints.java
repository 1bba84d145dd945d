package io.shardeddb.router.http.v1;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.ErrorAnswers;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.http.WriteOutcome;
import io.shardeddb.router.http.direct.DirectAnswer;
import io.shardeddb.router.http.direct.DirectEndpoints;
import io.shardeddb.router.http.direct.EndpointTimers;
import io.shardeddb.router.http.direct.FailedRequests;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes of rows, and reads by key: strict types, HTTP's own verbs and statuses. Their paths belong to nobody else; of
 * GET on {@code rows} the ranges, which have no key, are {@link TablesController}'s.
 */
@Singleton
final class RowEndpoints implements DirectEndpoints {

    private final Writes writes;
    private final Reads reads;
    private final MeterRegistry meters;
    private final TableViews views = new TableViews();
    private final Map<RowTarget.Shape, Map<String, EndpointTimers>> timers = new EnumMap<>(RowTarget.Shape.class);

    RowEndpoints(Writes writes, Reads reads, MeterRegistry meters) {
        this.writes = writes;
        this.reads = reads;
        this.meters = meters;
        for (RowTarget.Shape shape : RowTarget.Shape.values()) {
            Map<String, EndpointTimers> ofShape = new ConcurrentHashMap<>();
            for (String method : shape.methods().split(", ", -1)) {
                ofShape.put(method, new EndpointTimers(meters, method, shape.template()));
            }
            timers.put(shape, ofShape);
        }
    }

    @Override
    public List<Endpoint> all() {
        List<Endpoint> all = new ArrayList<>();
        for (RowTarget.Shape shape : RowTarget.Shape.values()) {
            for (String method : shape.methods().split(", ", -1)) {
                all.add(new Endpoint(method, shape.template()));
            }
        }
        return all;
    }

    @Override
    public @Nullable Call match(HttpRequest head) {
        RowTarget target = RowTarget.parse(head.uri());
        if (target == null) {
            return null;
        }
        String method = head.method().name();
        RowWork work = RowWork.of(target.shape(), method);
        if (work == RowWork.READ && !target.namesKey()) {
            return null;
        }
        return new RowCall(method, target, work, head.headers());
    }

    /**
     * A row, as its reader asks for it.
     *
     * @param row its fetched columns
     * @throws DatabaseException ROW_NOT_FOUND, CONDITION_FAILED
     */
    static DirectAnswer shown(
            TableDefinition table,
            TableViews.Columns columns,
            List<String> key,
            @Nullable Row row,
            long version,
            EntityTags tags) {
        if (row == null) {
            throw new DatabaseException(
                    ErrorCode.ROW_NOT_FOUND,
                    "table " + table.name() + " has no row with key " + String.join(",", key),
                    Map.of("table", table.name(), "key", String.join(",", key)));
        }
        if (tags.conditions().stream().anyMatch(each -> !each.holds(table, new StoredRow(Row.of(), version)))) {
            throw new DatabaseException(ErrorCode.CONDITION_FAILED, "the row is not there with this version");
        }
        DirectAnswer answer = version != 0 && tags.known() == version
                ? DirectAnswer.notModified()
                : DirectAnswer.json(
                        HttpResponseStatus.OK,
                        JsonOutput.bytes(json -> columns.output().write(json, row)));
        return answer.of(version);
    }

    /** @param timestamp of the write; negative: it has none yet */
    static byte[] counts(int operations, int affected, long timestamp) {
        String text = "{\"operations\":" + operations + ",\"affected\":" + affected
                + (operations > 0 && timestamp >= 0 ? ",\"timestamp\":" + timestamp : "") + "}";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private final class RowCall implements Call {
        private final String method;
        private final RowTarget target;
        private final RowWork work;
        private final HttpHeaders headers;
        private boolean conditional;

        RowCall(String method, RowTarget target, RowWork work, HttpHeaders headers) {
            this.method = method;
            this.target = target;
            this.work = work;
            this.headers = headers;
        }

        @Override
        public EndpointTimers timers() {
            EndpointTimers known = timers.getOrDefault(target.shape(), Map.of()).get(method);
            return known == null ? FailedRequests.timers(meters, method) : known;
        }

        @Override
        public DirectAnswer failed(Throwable failure) {
            return FailedRequests.answer(failure, method, target.path());
        }

        @Override
        public CompletableFuture<DirectAnswer> answer(byte[] body) {
            if (work == RowWork.NOT_ALLOWED) {
                return CompletableFuture.completedFuture(failed(ErrorAnswers.notAllowed(method, target.path()))
                        .allowing(target.shape().methods()));
            }
            RowWork.refuseOtherTypes(headers.get(HttpHeaderNames.ACCEPT));
            return work == RowWork.READ ? read() : write(body);
        }

        private CompletableFuture<DirectAnswer> read() {
            return reads.withTopology(now -> {
                TableViews.View view = views.of(now.schema(), target.table());
                TableDefinition table = view.table();
                List<String> texts = target.key();
                Row key = KeyText.key(table, texts);
                TableViews.Columns columns = view.columns(target.parameter("columns"));
                ReadOptions options = RequestOptions.read(headers::get);
                EntityTags tags = EntityTags.of(headers::get, true);
                return reads.row(now, table, key, columns.projection(), options).thenApply(found -> {
                    String session = options.session().with(found.indexes()).text();
                    return shown(table, columns, texts, found.row(), found.version(), tags)
                            .with(session);
                });
            });
        }

        private CompletableFuture<DirectAnswer> write(byte[] body) {
            SessionToken session = RequestOptions.token(headers::get);
            EntityTags tags = EntityTags.of(headers::get, false);
            return writes.run(
                            RequestOptions.requestId(headers::get),
                            () -> work.content(target, tags, body),
                            now -> plan(now, tags.conditions(), body))
                    .thenApply(result ->
                            written(result).with(session.with(result.indexes()).text()));
        }

        private WritePlan plan(Topology now, List<Precondition> conditions, byte[] body) {
            WritePlan plan = work.plan(now, target, conditions, body);
            conditional = plan.isConditional();
            return plan;
        }

        private DirectAnswer written(Writes.Result result) {
            DatabaseException error = result.gravest();
            if (error != null) {
                return result.parts().size() == 1
                        ? problem(error, json -> {})
                        : problem(error, json -> WriteOutcome.write(json, result));
            }
            if (work == RowWork.BATCH && conditional) {
                return DirectAnswer.json(HttpResponseStatus.OK, ConditionalOutcome.document(result));
            }
            long[] versions = result.operations() == 1 ? result.versions() : new long[1];
            return DirectAnswer.json(
                            work == RowWork.INSERT ? HttpResponseStatus.CREATED : HttpResponseStatus.OK,
                            counts(result.operations(), result.affectedOperations(), result.timestamp()))
                    .of(versions[0]);
        }

        private static DirectAnswer problem(DatabaseException error, JsonOutput.Writing more) {
            return DirectAnswer.problem(error.code().httpStatus(), ErrorAnswers.document(error, more));
        }
    }
}

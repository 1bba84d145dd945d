package io.shardeddb.router.http.v1;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.http.ErrorAnswers;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.http.direct.DirectAnswer;
import io.shardeddb.router.http.direct.DirectEndpoints;
import io.shardeddb.router.http.direct.EndpointTimers;
import io.shardeddb.router.http.direct.FailedRequests;
import io.shardeddb.router.http.transaction.OtherRouters;
import io.shardeddb.router.interactive.InteractiveTransaction;
import io.shardeddb.router.interactive.Transactions;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.json.RowOutput;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Interactive transactions: begin, commit, give up, and what {@link RowEndpoints} and the ranges do, in one of them. A
 * request that comes to another router than the transaction's is passed on.
 */
@Singleton
final class TransactionEndpoints implements DirectEndpoints {

    /** Rows of one answer, at most. */
    static final int MOST_ROWS = 1_000;

    private static final String ALL = "/v1/transactions";
    private static final String ONE = ALL + "/{transaction}";
    private static final String COMMIT = ONE + "/commit";

    private final Transactions transactions;
    private final OtherRouters others;
    private final MeterRegistry meters;
    private final TableViews views = new TableViews();
    private final Map<Endpoint, EndpointTimers> timers = new LinkedHashMap<>();

    TransactionEndpoints(Transactions transactions, OtherRouters others, MeterRegistry meters) {
        this.transactions = transactions;
        this.others = others;
        this.meters = meters;
        add("POST", ALL);
        add("GET, DELETE", ONE);
        add("POST", COMMIT);
        for (RowTarget.Shape shape : RowTarget.Shape.values()) {
            add(shape.methods(), templateOf(shape));
        }
    }

    private void add(String methods, String template) {
        for (String method : methods.split(", ", -1)) {
            timers.put(new Endpoint(method, template), new EndpointTimers(meters, method, template));
        }
    }

    private static String templateOf(RowTarget.Shape shape) {
        return ONE + shape.template().substring("/v1".length());
    }

    @Override
    public List<Endpoint> all() {
        return new ArrayList<>(timers.keySet());
    }

    /**
     * What a path names.
     *
     * @param template of the path
     * @param id of the transaction; empty where a new one begins
     * @param rows of the transaction that the request is about
     */
    private record Target(
            String template, String id, @Nullable RowTarget rows) {

        /** {@code null}: another endpoint's. */
        static @Nullable Target parse(String uri) {
            String local = RowTarget.local(uri);
            if (!local.startsWith(ALL)) {
                return null;
            }
            int query = local.indexOf('?');
            String path = query < 0 ? local : local.substring(0, query);
            String rest = path.substring(ALL.length());
            if (rest.isEmpty() || rest.equals("/")) {
                return new Target(ALL, "", null);
            }
            int end = rest.indexOf('/', 1);
            String id = end < 0 ? rest.substring(1) : rest.substring(1, end);
            if (rest.charAt(0) != '/' || id.isEmpty()) {
                return null;
            }
            String after = end < 0 ? "" : rest.substring(end);
            if (after.isEmpty() || after.equals("/")) {
                return new Target(ONE, id, null);
            }
            if (after.equals("/commit") || after.equals("/commit/")) {
                return new Target(COMMIT, id, null);
            }
            RowTarget rows = RowTarget.parse("/v1" + after + (query < 0 ? "" : local.substring(query)));
            return rows == null ? null : new Target(templateOf(rows.shape()), id, rows);
        }
    }

    @Override
    public @Nullable Call match(HttpRequest head) {
        Target target = Target.parse(head.uri());
        return target == null ? null : new TransactionCall(head, target);
    }

    private final class TransactionCall implements Call {
        private final String uri;
        private final String method;
        private final HttpHeaders headers;
        private final Target target;

        TransactionCall(HttpRequest head, Target target) {
            this.uri = head.uri();
            this.method = head.method().name();
            this.headers = head.headers();
            this.target = target;
        }

        @Override
        public EndpointTimers timers() {
            EndpointTimers known = timers.get(new Endpoint(method, target.template()));
            return known == null ? FailedRequests.timers(meters, method) : known;
        }

        @Override
        public DirectAnswer failed(Throwable failure) {
            return FailedRequests.answer(failure, method, target.template());
        }

        @Override
        public CompletableFuture<DirectAnswer> answer(byte[] body) {
            if (!timers.containsKey(new Endpoint(method, target.template()))) {
                return CompletableFuture.completedFuture(failed(ErrorAnswers.notAllowed(method, target.template()))
                        .allowing(methods()));
            }
            RowWork.refuseOtherTypes(headers.get(HttpHeaderNames.ACCEPT));
            return target.template().equals(ALL)
                    ? begin(body)
                    : CompletableFuture.supplyAsync(() -> inTransaction(body), RangeStream.virtual());
        }

        private String methods() {
            return String.join(
                    ", ",
                    timers.keySet().stream()
                            .filter(each -> each.template().equals(target.template()))
                            .map(Endpoint::method)
                            .sorted()
                            .toList());
        }

        private CompletableFuture<DirectAnswer> begin(byte[] body) {
            TransactionRequest asked = TransactionRequest.parse(body);
            return transactions
                    .begin(asked.level(), asked.readOnly(), asked.idleSeconds(), asked.seconds())
                    .thenApply(id -> DirectAnswer.json(HttpResponseStatus.CREATED, JsonOutput.bytes(json -> {
                        json.writeStartObject();
                        json.writeStringField("id", id);
                        json.writeStringField("state", InteractiveTransaction.State.ACTIVE.text());
                        json.writeStringField("level", asked.level().text());
                        json.writeBooleanField("readOnly", asked.readOnly());
                        json.writeNumberField("idleSeconds", asked.idleSeconds());
                        json.writeNumberField("seconds", asked.seconds());
                        json.writeEndObject();
                    })));
        }

        private DirectAnswer inTransaction(byte[] body) {
            return switch (transactions.find(target.id())) {
                case Transactions.Place.Elsewhere(String address) ->
                    others.ask(
                            address,
                            method,
                            uri,
                            headers,
                            body,
                            target.template().equals(COMMIT));
                case Transactions.Place.Here(Transactions.Begun begun) ->
                    target.template().equals(ONE) ? one(begun.transaction()) : used(begun, body);
            };
        }

        private DirectAnswer used(Transactions.Begun begun, byte[] body) {
            begun.used();
            try {
                RowTarget rows = target.rows();
                if (rows == null) {
                    return commit(begun);
                }
                InteractiveTransaction transaction = begun.transaction();
                RowWork work = RowWork.of(rows.shape(), method);
                return work == RowWork.READ ? read(transaction, rows) : write(transaction, rows, work, body);
            } finally {
                begun.used();
            }
        }

        private DirectAnswer one(InteractiveTransaction transaction) {
            if (method.equals("DELETE")) {
                transaction.abort();
            }
            return DirectAnswer.json(HttpResponseStatus.OK, JsonOutput.bytes(json -> {
                json.writeStartObject();
                json.writeStringField("id", target.id());
                json.writeStringField("state", transaction.state().text());
                json.writeStringField("level", transaction.level().text());
                json.writeBooleanField("readOnly", transaction.isReadOnly());
                json.writeEndObject();
            }));
        }

        private DirectAnswer commit(Transactions.Begun begun) {
            InteractiveTransaction.Committed committed = transactions.commit(begun);
            return DirectAnswer.json(HttpResponseStatus.OK, JsonOutput.bytes(json -> {
                        json.writeStartObject();
                        json.writeStringField("id", target.id());
                        json.writeStringField("state", InteractiveTransaction.State.COMMITTED.text());
                        json.writeNumberField("affected", committed.rows());
                        if (committed.version() != 0) {
                            json.writeNumberField("timestamp", committed.version());
                        }
                        json.writeEndObject();
                    }))
                    .with(committed.session().text());
        }

        private DirectAnswer read(InteractiveTransaction transaction, RowTarget rows) {
            if (RequestOptions.read(headers::get).level() != ReadLevel.STRONG) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "a transaction reads from its snapshot; it has no " + RequestOptions.READ_LEVEL,
                        Map.of("header", RequestOptions.READ_LEVEL));
            }
            TableViews.View view = views.of(transaction.topology().schema(), rows.table());
            return rows.namesKey() ? row(transaction, rows, view) : range(transaction, rows, view.table());
        }

        private DirectAnswer row(InteractiveTransaction transaction, RowTarget rows, TableViews.View view) {
            List<String> texts = rows.key();
            Row key = KeyText.key(view.table(), texts);
            TableViews.Columns columns = view.columns(rows.parameter("columns"));
            EntityTags tags = EntityTags.of(headers::get, true);
            StoredRow found = transaction.row(view.table(), key);
            return RowEndpoints.shown(
                    view.table(),
                    columns,
                    texts,
                    found == null ? null : columns.projection().of(found.row()),
                    found == null ? 0 : found.version(),
                    tags);
        }

        private DirectAnswer range(InteractiveTransaction transaction, RowTarget rows, TableDefinition table) {
            Map<String, List<String>> parameters = rows.query();
            RangeQuery query = RangeQuery.parse(table, parameters == null ? Map.of() : parameters);
            int limit = query.limit() == 0 ? MOST_ROWS : Math.min(query.limit(), MOST_ROWS);
            InteractiveTransaction.Range found = transaction.range(table, query.range(), limit);
            RowOutput output = new RowOutput(table, query.projection().wanted(), true);
            List<Row> fetched =
                    found.rows().stream().map(query.projection()::of).toList();
            return DirectAnswer.json(
                    HttpResponseStatus.OK,
                    JsonOutput.bytes(TablesController.document(
                            fetched, output, found.more() ? fetched.getLast() : null, query.projection())));
        }

        private DirectAnswer write(InteractiveTransaction transaction, RowTarget rows, RowWork work, byte[] body) {
            Topology topology = transaction.topology();
            EntityTags tags = EntityTags.of(headers::get, false);
            InteractiveTransaction.Written written = transaction.write(
                    RequestOptions.requestId(headers::get),
                    work.content(rows, tags, body),
                    work.plan(topology, rows, tags.conditions(), body));
            return DirectAnswer.json(
                    work == RowWork.INSERT ? HttpResponseStatus.CREATED : HttpResponseStatus.OK,
                    RowEndpoints.counts(written.operations(), written.affected(), -1));
        }
    }
}

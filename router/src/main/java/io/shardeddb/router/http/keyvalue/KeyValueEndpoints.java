package io.shardeddb.router.http.keyvalue;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.forward.ReadOptions;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.http.ErrorAnswers;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.http.direct.DirectAnswer;
import io.shardeddb.router.http.direct.DirectEndpoints;
import io.shardeddb.router.http.direct.EndpointTimers;
import io.shardeddb.router.http.direct.FailedRequests;
import io.shardeddb.router.http.v1.EntityTags;
import io.shardeddb.router.keyvalue.Entry;
import io.shardeddb.router.keyvalue.KeyCondition;
import io.shardeddb.router.keyvalue.KeyScan;
import io.shardeddb.router.keyvalue.KeyValues;
import io.shardeddb.router.keyvalue.Put;
import io.shardeddb.router.keyvalue.expiry.Expiry;
import io.shardeddb.router.topology.GroupId;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keys and values over HTTP: the verbs and headers of values, and JSON where several keys are concerned. */
@Singleton
final class KeyValueEndpoints implements DirectEndpoints {

    private static final String BYTES = "application/octet-stream";

    private final KeyValues keyValues;
    private final MeterRegistry meters;
    private final Map<KeyValueTarget.Shape, Map<String, EndpointTimers>> timers =
            new EnumMap<>(KeyValueTarget.Shape.class);

    KeyValueEndpoints(KeyValues keyValues, MeterRegistry meters) {
        this.keyValues = keyValues;
        this.meters = meters;
        for (KeyValueTarget.Shape shape : KeyValueTarget.Shape.values()) {
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
        for (KeyValueTarget.Shape shape : KeyValueTarget.Shape.values()) {
            for (String method : shape.methods().split(", ", -1)) {
                all.add(new Endpoint(method, shape.template()));
            }
        }
        return all;
    }

    @Override
    public @Nullable Call match(HttpRequest head) {
        String method = head.method().name();
        KeyValueTarget target = KeyValueTarget.parse(method, head.uri());
        return target == null ? null : new KeyCall(method, target, head.headers());
    }

    private final class KeyCall implements Call {
        private final String method;
        private final KeyValueTarget target;
        private final HttpHeaders headers;

        KeyCall(String method, KeyValueTarget target, HttpHeaders headers) {
            this.method = method;
            this.target = target;
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
            if (!target.shape().allows(method)) {
                return CompletableFuture.completedFuture(failed(ErrorAnswers.notAllowed(method, target.path()))
                        .allowing(target.shape().methods()));
            }
            SessionToken session = RequestOptions.token(headers::get);
            return switch (target.shape()) {
                case SPACES -> keyValues.spaces().thenApply(KeyValueAnswers::spaces);
                case SCAN -> scan(session);
                case KEY ->
                    switch (method) {
                        case "PUT" -> put(session, body);
                        case "DELETE" -> delete(session);
                        default -> get(session);
                    };
                case INCREMENT ->
                    keyValues
                            .increment(target.space(), KeyValueBodies.increment(target.key(), body), writer())
                            .thenApply(counted -> with(KeyValueAnswers.counted(counted), session, counted.indexes()));
                case GET_ALL -> getAll(session, KeyValueBodies.keys(body));
                case PUT_ALL ->
                    keyValues
                            .putAll(target.space(), KeyValueBodies.puts(body), writer())
                            .thenApply(changed ->
                                    with(KeyValueAnswers.changed("stored", changed), session, changed.indexes()));
                case DELETE_ALL ->
                    keyValues
                            .deleteAll(target.space(), KeyValueBodies.keys(body), writer())
                            .thenApply(changed ->
                                    with(KeyValueAnswers.changed("deleted", changed), session, changed.indexes()));
            };
        }

        private KeyValues.Writer writer() {
            return new KeyValues.Writer(RequestOptions.requestId(headers::get));
        }

        private static DirectAnswer with(DirectAnswer answer, SessionToken session, Map<GroupId, Long> indexes) {
            return answer.with(session.with(indexes).text());
        }

        private CompletableFuture<DirectAnswer> get(SessionToken session) {
            var _ = target.parameters(Set.of());
            String space = target.space();
            ByteString key = target.key();
            EntityTags tags = EntityTags.of(headers::get, true);
            ReadOptions options = RequestOptions.read(headers::get);
            return keyValues.present(space, key, condition(tags), options).thenApply(found -> {
                Entry entry = found.entry();
                DirectAnswer answer = entry.version() != 0 && tags.known() == entry.version()
                        ? DirectAnswer.notModified().of(entry.version())
                        : KeyValueAnswers.value(entry);
                return with(answer, session, found.indexes());
            });
        }

        private static KeyCondition condition(EntityTags tags) {
            if (tags.conditions().isEmpty()) {
                return KeyCondition.NONE;
            }
            if (tags.conditions().size() > 1) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "If-Match and If-None-Match together would never hold",
                        Map.of("header", "If-None-Match"));
            }
            return switch (tags.conditions().getFirst()) {
                case Precondition.Unchanged(long version) -> new KeyCondition.IfVersion(version);
                case Precondition.Absent _ -> new KeyCondition.IfAbsent();
                case Precondition.Present _, Precondition.Column _ -> new KeyCondition.IfPresent();
            };
        }

        private CompletableFuture<DirectAnswer> put(SessionToken session, byte[] body) {
            String ttl = target.parameters(Set.of("ttlSeconds")).find("ttlSeconds");
            String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
            Put put = new Put(
                    target.key(),
                    ByteString.copyFrom(body),
                    type == null ? BYTES : type.strip(),
                    null,
                    ttl == null ? null : Expiry.millis(ttl),
                    condition(EntityTags.of(headers::get, false)));
            return keyValues
                    .put(target.space(), put, writer())
                    .thenApply(stored -> with(KeyValueAnswers.stored(stored), session, stored.indexes()));
        }

        private CompletableFuture<DirectAnswer> delete(SessionToken session) {
            var _ = target.parameters(Set.of());
            return keyValues
                    .delete(target.space(), target.key(), condition(EntityTags.of(headers::get, false)), writer())
                    .thenApply(
                            changed -> with(KeyValueAnswers.changed("deleted", changed), session, changed.indexes()));
        }

        private CompletableFuture<DirectAnswer> getAll(SessionToken session, List<ByteString> keys) {
            return keyValues
                    .getAll(target.space(), keys, RequestOptions.read(headers::get))
                    .thenApply(found -> with(KeyValueAnswers.several(keys, found.entries()), session, found.indexes()));
        }

        private CompletableFuture<DirectAnswer> scan(SessionToken session) {
            KeyValueTarget.Parameters query =
                    target.parameters(Set.of("prefix", "from", "to", "limit", "values", "continuation"));
            ByteString prefix = query.bytes("prefix");
            String continuation = query.find("continuation");
            KeyScan scan = new KeyScan(
                    prefix == null ? ByteString.EMPTY : prefix,
                    query.bytes("from"),
                    query.bytes("to"),
                    limit(query.find("limit")),
                    values(query.find("values")),
                    continuation == null ? null : KeyScan.continued(continuation, target.space()));
            return keyValues
                    .scan(target.space(), scan, RequestOptions.read(headers::get))
                    .thenApply(page -> with(KeyValueAnswers.page(page, scan.values()), session, page.indexes()));
        }

        private static int limit(@Nullable String text) {
            if (text == null) {
                return KeyScan.DEFAULT_KEYS;
            }
            if (text.matches("[0-9]{1,4}")) {
                int limit = Integer.parseInt(text);
                if (limit >= 1 && limit <= KeyScan.MOST_KEYS) {
                    return limit;
                }
            }
            throw wrong("limit", "a number from 1 to " + KeyScan.MOST_KEYS, text);
        }

        private static boolean values(@Nullable String text) {
            if (text == null || text.equals("true")) {
                return true;
            }
            if (text.equals("false")) {
                return false;
            }
            throw wrong("values", "true or false", text);
        }

        private static DatabaseException wrong(String field, String allowed, String given) {
            return new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "'" + field + "' must be " + allowed + ", not '" + given + "'",
                    Map.of("field", field));
        }
    }
}

package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.forward.ForwardRequest;
import io.shardeddb.local.forward.PortForward;
import io.shardeddb.local.http.Exchange;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of Kubernetes clients. */
public final class ApiServer {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final String JSON = "application/json";

    private final Kinds kinds;
    private final ObjectStore store;
    private final Reads reads;
    private final WriteRequests writes;
    private final Discovery discovery;
    private final OpenApi openApi;
    private final InstantSource clock;
    private final PodLogs logs;
    private final Rights rights;

    /** Makes the server; it is a handler for the HTTP server. */
    public ApiServer(
            ObjectStore store,
            Kinds kinds,
            Writes writes,
            Deletion deletion,
            InstantSource clock,
            PodLogs logs,
            Rights rights,
            String address) {
        this.kinds = kinds;
        this.store = store;
        this.reads = new Reads(store);
        this.writes = new WriteRequests(store, kinds, writes, deletion, reads);
        this.discovery = new Discovery(kinds, address);
        this.openApi = new OpenApi(kinds);
        this.clock = clock;
        this.logs = logs;
        this.rights = rights;
    }

    /** An answer: a status, a body, and what the client is warned of. */
    record Answer(int status, ObjectNode body, List<String> warnings) {
        Answer(int status, ObjectNode body) {
            this(status, body, List.of());
        }
    }

    /** Answers one request. */
    public void handle(Request request, Exchange exchange) throws IOException {
        LOG.debug("{} {} {}", request.method(), request.path(), request.query());
        try {
            route(request, exchange);
        } catch (ApiException e) {
            exchange.send(e.code(), JSON, Tree.bytes(e.status()));
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{} {} failed", request.method(), request.path(), e);
            ApiException internal = ApiException.internal(e.toString());
            exchange.send(500, JSON, Tree.bytes(internal.status()));
        }
    }

    private void route(Request request, Exchange exchange) throws IOException {
        String path = request.path().length() > 1 && request.path().endsWith("/")
                ? request.path().substring(0, request.path().length() - 1)
                : request.path();
        switch (path) {
            case "/healthz", "/livez", "/readyz" ->
                exchange.send(200, "text/plain", "ok".getBytes(StandardCharsets.UTF_8));
            default -> {
                ObjectNode known = document(path, request);
                if (known != null) {
                    exchange.send(200, JSON, Tree.bytes(known));
                } else if (path.startsWith("/api/") || path.startsWith("/apis/")) {
                    resource(path, request, exchange);
                } else {
                    throw ApiException.noSuchPath(path);
                }
            }
        }
    }

    private @Nullable ObjectNode document(String path, Request request) {
        String[] parts = path.substring(1).split("/", -1);
        return switch (parts[0]) {
            case "version" -> Discovery.version();
            case "api" ->
                parts.length == 1
                        ? discovery.coreVersions()
                        : parts.length == 2 ? discovery.resources("", parts[1]) : null;
            case "apis" ->
                switch (parts.length) {
                    case 1 -> discovery.groups();
                    case 2 -> discovery.group(parts[1]);
                    case 3 -> discovery.resources(parts[1], parts[2]);
                    case 4 -> Reviews.answer(parts[3], request, rights);
                    default -> null;
                };
            case "openapi" -> openApiDocument(path);
            default -> null;
        };
    }

    private @Nullable ObjectNode openApiDocument(String path) {
        if (path.equals("/openapi/v2")) {
            return openApi.swagger();
        }
        return path.equals("/openapi/v3") ? openApi.index() : openApi.document(path.substring("/openapi/v3".length()));
    }

    private void resource(String path, Request request, Exchange exchange) throws IOException {
        Target target = Target.of(kinds, path);
        if (target == null) {
            throw ApiException.noSuchPath(path);
        }
        rights.check(target, request);
        if (target.subresource().equals("log")) {
            logs.answer(target.namespace(), target.name(), request, exchange);
            return;
        }
        if (target.subresource().equals("portforward")) {
            forward(target, request, exchange);
            return;
        }
        if (!request.method().equals("GET")) {
            Answer answer = writes.answer(outside(target), request);
            answer.warnings().forEach(text -> exchange.header("Warning", warning(text)));
            exchange.send(answer.status(), JSON, Tree.bytes(out(target.kind(), answer.body())));
            return;
        }
        Target held = outside(target);
        if (target.name().isEmpty() && request.flag("watch")) {
            watch(held, target.kind(), request, exchange);
        } else if (target.name().isEmpty()) {
            ObjectNode list = reads.list(held.kind(), target.namespace(), request, view(target.kind(), request));
            exchange.send(200, JSON, Tree.bytes(list));
        } else {
            ObjectNode object = store.get(held.key());
            if (object == null) {
                throw ApiException.notFound(held.kind(), target.name());
            }
            ObjectNode body = target.subresource().equals("scale")
                    ? Scales.of(target.kind(), object)
                    : view(target.kind(), request).of(target.kind(), object);
            exchange.send(200, JSON, Tree.bytes(body));
        }
    }

    private void forward(Target target, Request request, Exchange exchange) throws IOException {
        ObjectNode pod = store.get(target.key());
        if (pod == null) {
            throw ApiException.notFound(target.kind(), target.name());
        }
        if (!request.wantsWebSocket()) {
            throw ApiException.badRequest("unable to upgrade: port-forward is served over WebSockets alone");
        }
        if (Tree.textOr(pod, "", "status", "podIP").isEmpty()) {
            throw ApiException.badRequest("unable to forward port because pod is not running");
        }
        ForwardRequest wanted;
        try {
            wanted = ForwardRequest.of(request.query("ports", ""), request.header("sec-websocket-protocol"));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
        PortForward.carry(pod, wanted.port(), exchange.messages(wanted.protocol()));
    }

    private static String warning(String text) {
        return "299 - \"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** Events of the newer group are held as those of the core group. */
    private Target outside(Target target) {
        return EventForms.isNewForm(target.kind()) ? target.with(kinds.builtIn("events")) : target;
    }

    private void watch(Target held, Kind shown, Request request, Exchange exchange) throws IOException {
        Reads.selector(request);
        Reads.View view = view(shown, request);
        try (Exchange.PartStream out = request.wantsWebSocket() ? exchange.webSocket() : exchange.stream(JSON)) {
            reads.watch(held.kind(), held.namespace(), request, view, out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reads.View view(Kind shown, Request request) {
        String accept = String.valueOf(request.header("accept"));
        if (accept.contains("as=Table")) {
            return new Tables(clock, request.query("includeObject", "Metadata"));
        }
        boolean metadataOnly = accept.contains("as=PartialObjectMetadata");
        return new Reads.View() {
            @Override
            public ObjectNode of(Kind kind, ObjectNode object) {
                return metadataOnly ? Tables.metadataOnly(object) : out(shown, object);
            }

            @Override
            public ObjectNode list(Kind kind, List<ObjectNode> objects, ObjectNode listMetadata) {
                ObjectNode list = Reads.wholeList(
                        shown, objects.stream().map(o -> of(shown, o)).toList(), listMetadata);
                if (metadataOnly) {
                    list.put("kind", "PartialObjectMetadataList");
                    list.put("apiVersion", "meta.k8s.io/v1");
                }
                return list;
            }
        };
    }

    /** An object in the version and form that was asked for. */
    private static ObjectNode out(Kind shown, ObjectNode object) {
        JsonNode kind = object.path("kind");
        if (!kind.asText().equals(shown.kind())
                || object.path("apiVersion").asText().equals(shown.apiVersion())) {
            return object;
        }
        if (EventForms.isNewForm(shown)) {
            return EventForms.fromCore(object);
        }
        ObjectNode converted = object.deepCopy();
        converted.put("apiVersion", shown.apiVersion());
        return converted;
    }
}

package io.shardeddb.router.http.collections;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentRules;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.router.declare.CollectionDeclarations;
import io.shardeddb.router.documents.CollectionService;
import io.shardeddb.router.documents.DocumentCaller;
import io.shardeddb.router.documents.StoredDocument;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.http.ErrorAnswers;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.http.admin.AdministrationCheck;
import io.shardeddb.router.http.direct.DirectAnswer;
import io.shardeddb.router.http.direct.DirectEndpoints;
import io.shardeddb.router.http.direct.EndpointTimers;
import io.shardeddb.router.http.direct.FailedRequests;
import io.shardeddb.router.http.v1.EntityTags;
import io.shardeddb.router.json.ContentHash;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Collections and their documents over HTTP. */
@Singleton
final class CollectionEndpoints implements DirectEndpoints {

    private final CollectionService service;
    private final CollectionQueries queries;
    private final CollectionDeclarations declarations;
    private final AdministrationCheck administration;
    private final MeterRegistry meters;
    private final Map<Endpoint, EndpointTimers> timers = new LinkedHashMap<>();

    CollectionEndpoints(
            CollectionService service,
            CollectionQueries queries,
            CollectionDeclarations declarations,
            AdministrationCheck administration,
            MeterRegistry meters) {
        this.service = service;
        this.queries = queries;
        this.declarations = declarations;
        this.administration = administration;
        this.meters = meters;
        for (CollectionTarget.Shape shape : CollectionTarget.Shape.values()) {
            for (String method : shape.methods()) {
                timers.put(
                        new Endpoint(method, shape.template()), new EndpointTimers(meters, method, shape.template()));
            }
        }
    }

    @Override
    public List<Endpoint> all() {
        return new ArrayList<>(timers.keySet());
    }

    @Override
    public @Nullable Call match(HttpRequest head) {
        String method = head.method().name();
        CollectionTarget target = CollectionTarget.parse(method, head.uri());
        // What is answered in lines is answered by the framework, which streams.
        return target == null || LinesController.areAskedFor(target.shape(), head.headers())
                ? null
                : new CollectionCall(method, target, head.headers());
    }

    private final class CollectionCall implements Call {
        private final String method;
        private final CollectionTarget target;
        private final HttpHeaders headers;

        CollectionCall(String method, CollectionTarget target, HttpHeaders headers) {
            this.method = method;
            this.target = target;
            this.headers = headers;
        }

        @Override
        public EndpointTimers timers() {
            EndpointTimers known =
                    timers.get(new Endpoint(method, target.shape().template()));
            return known == null ? FailedRequests.timers(meters, method) : known;
        }

        @Override
        public DirectAnswer failed(Throwable failure) {
            return FailedRequests.answer(failure, method, target.path());
        }

        @Override
        public CompletableFuture<DirectAnswer> answer(byte[] body) {
            if (!target.shape().methods().contains(method)) {
                return CompletableFuture.completedFuture(failed(ErrorAnswers.notAllowed(method, target.path()))
                        .allowing(String.join(", ", target.shape().methods())));
            }
            return CompletableFuture.supplyAsync(() -> now(body), RangeStream.virtual());
        }

        private DirectAnswer now(byte[] body) {
            return switch (target.shape()) {
                case COLLECTIONS -> method.equals("GET") ? all() : declare(body);
                case COLLECTION ->
                    switch (method) {
                        case "GET" -> CollectionAnswers.collection(service.collection(target.collection()));
                        case "DELETE" -> drop();
                        default -> insert(body);
                    };
                case DOCUMENT -> document(body);
                default -> queries.answer(target.shape(), target.collection(), body, caller(body));
            };
        }

        private DocumentCaller caller(byte[] body) {
            return new DocumentCaller(
                    RequestOptions.requestId(headers::get),
                    ContentHash.of(method + "\n" + target.path(), body),
                    RequestOptions.read(headers::get));
        }

        private DirectAnswer all() {
            return CollectionAnswers.collections(service.collections());
        }

        private DirectAnswer declare(byte[] body) {
            administration.require(headers.get("Authorization"));
            ObjectValue asked = DocumentBodies.members(body, Set.of("name", "shardKey"));
            String name = DocumentBodies.text(asked, "name", Set.of());
            if (name == null) {
                throw DocumentBodies.wrong("name", "is missing");
            }
            boolean there = declarations.declare(name, DocumentBodies.text(asked, "shardKey", Set.of()));
            return there
                    ? CollectionAnswers.created(service.collection(name))
                    : CollectionAnswers.pending("collection " + name + " is declared, and not in force yet");
        }

        private DirectAnswer drop() {
            administration.require(headers.get("Authorization"));
            String name = target.collection();
            return declarations.drop(name)
                    ? CollectionAnswers.dropped(name)
                    : CollectionAnswers.pending("collection " + name + " is to be dropped, and not gone yet");
        }

        private DirectAnswer insert(byte[] body) {
            List<ObjectValue> documents = LinesController.areNamed(headers.get("Content-Type"))
                    ? DocumentBodies.lines(body)
                    : DocumentBodies.documents(body);
            return CollectionAnswers.inserted(service.insert(target.collection(), documents, caller(body)));
        }

        private DirectAnswer document(byte[] body) {
            String name = target.collection();
            DocumentValue id = DocumentId.ofAddress(target.id());
            return switch (method) {
                case "PUT" ->
                    CollectionAnswers.written(service.put(
                            name,
                            id,
                            DocumentRules.object(DocumentBodies.value(body), new Place("document")),
                            EntityTags.of(headers::get, false).conditions(),
                            conditional(body)));
                case "DELETE" ->
                    CollectionAnswers.written(service.remove(
                            name, id, EntityTags.of(headers::get, false).conditions(), conditional(body)));
                default -> shown(name, id, caller(body));
            };
        }

        /** What it depends on is part of its content. */
        private DocumentCaller conditional(byte[] body) {
            EntityTags tags = EntityTags.of(headers::get, false);
            return new DocumentCaller(
                    RequestOptions.requestId(headers::get),
                    ContentHash.of(method + "\n" + target.path() + "\n" + tags.text(), body),
                    RequestOptions.read(headers::get));
        }

        private DirectAnswer shown(String name, DocumentValue id, DocumentCaller caller) {
            EntityTags tags = EntityTags.of(headers::get, true);
            CollectionService.Present found = service.get(name, id, tags.conditions(), caller);
            StoredDocument stored = found.document();
            DirectAnswer answer = stored.version() != 0 && tags.known() == stored.version()
                    ? DirectAnswer.notModified()
                    : DirectAnswer.json(HttpResponseStatus.OK, CollectionAnswers.text(stored.document()));
            return answer.of(stored.version()).with(found.session().text());
        }
    }
}

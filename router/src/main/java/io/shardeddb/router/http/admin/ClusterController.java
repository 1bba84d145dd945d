package io.shardeddb.router.http.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micronaut.context.BeanProvider;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.http.Answers;
import io.shardeddb.router.http.Bodies;
import io.shardeddb.router.http.rows.SeedAnswers;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.topology.LatestTopology;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * /init, /add and /rm: edit the database's object, then wait, bounded, until the operator has brought the cluster
 * there.
 */
@Controller
@Consumes(MediaType.ALL)
@Produces(MediaType.APPLICATION_JSON)
final class ClusterController {

    private static final int ATTEMPTS = 20;
    private static final int POLL_MILLIS = 200;

    // Made at first use: a router whose Kubernetes API is away must still start and serve.
    private final BeanProvider<KubernetesClient> kubernetes;
    private final RouterSettings settings;
    private final LatestTopology topology;
    private final AdministrationCheck administration;

    ClusterController(
            BeanProvider<KubernetesClient> kubernetes,
            RouterSettings settings,
            LatestTopology topology,
            AdministrationCheck administration) {
        this.kubernetes = kubernetes;
        this.settings = settings;
        this.topology = topology;
        this.administration = administration;
    }

    @Post("/init")
    CompletableFuture<HttpResponse<?>> init(HttpRequest<?> request) {
        return edit(
                request,
                (body, spec) -> SpecEdits.init(spec, body, ClusterController::random),
                (body, edit) -> json -> {
                    json.writeStartObject();
                    json.writeStringField("message", "Configured Database");
                    json.writeStringField("status", "success");
                    json.writeEndObject();
                });
    }

    @Post("/add")
    CompletableFuture<HttpResponse<?>> add(HttpRequest<?> request) {
        return edit(
                request,
                (body, spec) -> SpecEdits.add(spec, body, placements().keySet(), ClusterController::random),
                (body, edit) -> json -> {
                    json.writeStartObject();
                    if (body.hostnames()) {
                        json.writeObjectFieldStart("message");
                        json.writeNumberField("N", edit.spec().servers().count());
                        replicas(json);
                        json.writeEndObject();
                        json.writeStringField("status", "successful");
                        json.writeEndObject();
                        return;
                    }
                    json.writeNumberField("N", edit.spec().servers().count());
                    json.writeStringField(
                            "message",
                            "Add "
                                    + edit.servers().stream()
                                            .map(SpecEdits::called)
                                            .collect(Collectors.joining(" and ")));
                    json.writeStringField("status", "successful");
                    json.writeEndObject();
                });
    }

    @Delete("/rm")
    CompletableFuture<HttpResponse<?>> remove(HttpRequest<?> request) {
        return edit(
                request,
                (body, spec) -> ServerRemoval.remove(spec, body, placements(), ClusterController::random),
                (body, edit) -> json -> {
                    json.writeStartObject();
                    json.writeObjectFieldStart("message");
                    json.writeNumberField("N", edit.spec().servers().count());
                    json.writeArrayFieldStart("servers");
                    for (String server : edit.servers()) {
                        json.writeString(server);
                    }
                    json.writeEndArray();
                    if (body.hostnames()) {
                        replicas(json);
                    }
                    json.writeEndObject();
                    json.writeStringField("status", "successful");
                    json.writeEndObject();
                });
    }

    @Post("/rm")
    CompletableFuture<HttpResponse<?>> postRemove(HttpRequest<?> request) {
        return remove(request);
    }

    /** The first assignment's list of the servers that there are now. */
    private void replicas(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("replicas");
        for (String server : placements().keySet()) {
            json.writeString(server);
        }
        json.writeEndArray();
    }

    private static int random(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }

    private Map<String, List<String>> placements() {
        Map<String, List<String>> placements = new LinkedHashMap<>();
        topology.current().servers().forEach(server -> placements.put(server.name(), server.shards()));
        return placements;
    }

    @FunctionalInterface
    private interface Editing {
        SpecEdits.Edit edit(ClusterRequest request, ShardedDatabaseSpec spec);
    }

    @FunctionalInterface
    private interface Answering {
        JsonOutput.Writing answer(ClusterRequest request, SpecEdits.Edit edit);
    }

    private CompletableFuture<HttpResponse<?>> edit(HttpRequest<?> request, Editing editing, Answering answering) {
        try {
            administration.require(request);
        } catch (DatabaseException e) {
            return CompletableFuture.completedFuture(SeedAnswers.error(e));
        }
        return Bodies.read(request)
                .<HttpResponse<?>>thenApplyAsync(
                        body -> {
                            ClusterRequest asked = ClusterRequest.parse(body);
                            return apply(spec -> editing.edit(asked, spec), edit -> answering.answer(asked, edit));
                        },
                        RangeStream.virtual())
                .exceptionally(failure -> SeedAnswers.error(Writes.error(failure)));
    }

    private HttpResponse<?> apply(
            Function<ShardedDatabaseSpec, SpecEdits.Edit> editing,
            Function<SpecEdits.Edit, JsonOutput.Writing> answer) {
        long deadline = System.nanoTime() + settings.clusterTimeout().toNanos();
        SpecEdits.Edit edit;
        ShardedDatabase stored;
        try {
            ShardedDatabase before = find();
            for (int attempt = 1; ; attempt++) {
                edit = editing.apply(before.getSpec());
                if (edit.spec().equals(before.getSpec())) {
                    stored = before;
                    break;
                }
                try {
                    stored = object().patch(PatchContext.of(PatchType.JSON_MERGE), SpecPatch.of(before, edit.spec()));
                    break;
                } catch (KubernetesClientException e) {
                    if (e.getCode() != 409 || attempt >= ATTEMPTS) {
                        throw e;
                    }
                    before = find();
                }
            }
        } catch (KubernetesClientException e) {
            throw refused(e);
        }
        String pending = await(stored.getMetadata().getGeneration(), edit, deadline);
        if (pending == null) {
            return Answers.json(200, answer.apply(edit));
        }
        return Answers.json(202, json -> {
            json.writeStartObject();
            json.writeStringField("message", "Accepted; still under way: " + pending);
            json.writeStringField("status", "pending");
            json.writeEndObject();
        });
    }

    private static DatabaseException refused(KubernetesClientException failure) {
        return failure.getCode() == 422 || failure.getCode() == 400
                ? new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST, "the database's object was refused: " + failure.getMessage())
                : new DatabaseException(
                        ErrorCode.KUBERNETES_UNAVAILABLE,
                        "the Kubernetes API did not take the change: " + failure.getMessage());
    }

    private Resource<ShardedDatabase> object() {
        return kubernetes
                .get()
                .resources(ShardedDatabase.class)
                .inNamespace(settings.namespace())
                .withName(settings.database());
    }

    private ShardedDatabase find() {
        ShardedDatabase found = object().get();
        if (found == null) {
            throw new DatabaseException(ErrorCode.NOT_INITIALISED, "the database's object is gone");
        }
        return found;
    }

    /** Waits until nothing is missing any more. Returns what is missing at the end. */
    private @Nullable String await(long generation, SpecEdits.Edit edit, long deadline) {
        while (true) {
            String pending;
            try {
                pending = ClusterProgress.pending(find(), generation, edit.spec(), topology.current());
            } catch (KubernetesClientException e) {
                pending = "the Kubernetes API does not answer";
            }
            if (pending == null || System.nanoTime() >= deadline) {
                return pending;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "the router is going down";
            }
        }
    }
}

package io.shardeddb.router.declare;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micronaut.context.BeanProvider;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.collections.CollectionSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.schema.TablePermissions;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.route.TableShapes;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Declares and drops collections in the database's object, and waits, bounded, until that is in force. Blocks, so it
 * belongs on virtual threads.
 */
@Singleton
public final class CollectionDeclarations {

    /** How long a first use waits for its collection. */
    static final Duration FIRST_USE_WAIT = Duration.ofSeconds(10);

    private static final int ATTEMPTS = 20;
    private static final int LONGEST_PAUSE_MILLIS = 50;
    private static final int CONFLICT = 409;
    private static final int REFUSED = 422;
    private static final int BAD_REQUEST = 400;

    // Made at first use: a router whose Kubernetes API is away must still start and serve.
    private final BeanProvider<KubernetesClient> kubernetes;
    private final RouterSettings settings;
    private final LatestTopology topology;
    private final Map<String, CompletableFuture<@Nullable Void>> firstUses = new ConcurrentHashMap<>();

    CollectionDeclarations(
            BeanProvider<KubernetesClient> kubernetes, RouterSettings settings, LatestTopology topology) {
        this.kubernetes = kubernetes;
        this.settings = settings;
        this.topology = topology;
    }

    /**
     * Declares a collection.
     *
     * @param shardKey path whose value decides the shard; absent: {@code _id} does
     * @return whether it is in force; false: it is declared, and the time to wait was over
     * @throws DatabaseException why it cannot be declared
     */
    public boolean declare(String name, @Nullable String shardKey) {
        CollectionSpec wanted = new CollectionSpec(name, shardKey);
        edit(database -> CollectionEdits.declared(database.getSpec(), wanted));
        return awaits(has(name), settings.clusterTimeout());
    }

    /**
     * Drops a collection with its documents.
     *
     * @return whether it is gone; false: the spec leaves it out, and the time to wait was over
     * @throws DatabaseException why it cannot be dropped
     */
    public boolean drop(String name) {
        edit(database -> CollectionEdits.dropped(
                database.getSpec(),
                name,
                TablePermissions.parse(
                        database.getMetadata().getAnnotations() == null
                                ? null
                                : database.getMetadata()
                                        .getAnnotations()
                                        .get(ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION))));
        return awaits(has(name).negate(), settings.clusterTimeout());
    }

    /**
     * Makes a collection that is used for the first time, if the database allows that. Those of one router who use it
     * at the same time wait together.
     *
     * @throws DatabaseException COLLECTION_NOT_FOUND where it may not be made; SCHEMA_CHANGED if it is not in force in
     *     time
     */
    public void firstUse(String name) {
        CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> others = firstUses.putIfAbsent(name, mine);
        if (others != null) {
            join(others);
            return;
        }
        try {
            edit(database -> CollectionEdits.used(database.getSpec(), name));
            if (!awaits(has(name), FIRST_USE_WAIT)) {
                throw new DatabaseException(
                        ErrorCode.SCHEMA_CHANGED,
                        "collection " + name + " is declared, and not in force after " + FIRST_USE_WAIT.toSeconds()
                                + " s; the database's status says why",
                        Map.of("collection", name));
            }
            mine.complete(null);
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            firstUses.remove(name, mine);
        }
    }

    private static void join(CompletableFuture<@Nullable Void> others) {
        try {
            others.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof DatabaseException error ? error : e;
        }
    }

    private static Predicate<Topology> has(String name) {
        return known -> {
            TableDefinition table = known.schema().find(name);
            return table != null && TableShapes.isCollection(table);
        };
    }

    private boolean awaits(Predicate<Topology> condition, Duration atMost) {
        return topology.await(condition, atMost)
                .handle((found, failure) -> failure == null)
                .join();
    }

    private void edit(Function<ShardedDatabase, ShardedDatabaseSpec> editing) {
        try {
            for (int attempt = 1; ; attempt++) {
                ShardedDatabase before = find();
                ShardedDatabaseSpec after = editing.apply(before);
                if (after.collections().equals(before.getSpec().collections())) {
                    return;
                }
                try {
                    object().patch(PatchContext.of(PatchType.JSON_MERGE), patch(before, after));
                    return;
                } catch (KubernetesClientException e) {
                    if (e.getCode() != CONFLICT || attempt >= ATTEMPTS) {
                        throw e;
                    }
                    pause();
                }
            }
        } catch (KubernetesClientException e) {
            throw refused(e);
        }
    }

    /** With the object's version: somebody else's change in between is a conflict, and the edit is made once more. */
    private static String patch(ShardedDatabase before, ShardedDatabaseSpec after) {
        return Serialization.asJson(Map.of(
                "metadata",
                Map.of("resourceVersion", before.getMetadata().getResourceVersion()),
                "spec",
                Map.of("collections", after.collections())));
    }

    private static void pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, LONGEST_PAUSE_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(ErrorCode.SHUTTING_DOWN, "the router is going down");
        }
    }

    private static DatabaseException refused(KubernetesClientException failure) {
        return failure.getCode() == REFUSED || failure.getCode() == BAD_REQUEST
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
}

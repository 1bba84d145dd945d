package io.shardeddb.cli.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.api.PodPorts;
import io.shardeddb.cli.api.PodPorts.PodPort;
import io.shardeddb.cli.api.ResourceKind;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.protocol.credential.Credential;
import io.shardeddb.protocol.credential.DatabaseSecret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A Kubernetes API, real or local, and the few things that commands ask of it. */
public final class Cluster implements AutoCloseable {

    private static final String ROUTERS = "app.kubernetes.io%2Fcomponent%3Drouter,shardeddb.io%2Fdatabase%3D";
    private static final int ROUTER_PORT = 5_000;
    private static final String OURS = "labelSelector=app.kubernetes.io%2Fname%3Dshardeddb";
    private final Api api;
    private final String namespace;
    private final boolean everyNamespace;

    private Cluster(Api api, String namespace, boolean everyNamespace) {
        this.api = api;
        this.namespace = namespace;
        this.everyNamespace = everyNamespace;
    }

    /** A cluster elsewhere, or the local one through its kubeconfig. */
    public static Cluster connect(Path kubeconfig, String namespace) {
        Kubeconfig found = Kubeconfig.of(kubeconfig, null);
        return new Cluster(Api.of(found.client()), namespace, false);
    }

    /**
     * A cluster that a context leads to.
     *
     * @param namespace null for the context's own
     */
    static Cluster connect(Kubeconfig kubeconfig, @Nullable String namespace) {
        String chosen = namespace == null ? kubeconfig.namespace() : namespace;
        return new Cluster(Api.of(kubeconfig.client()), chosen, false);
    }

    /** The local cluster, at the address that it left on record. */
    public static Cluster local(Home home, String namespace) {
        return new Cluster(Api.local(LocalProcesses.of(home).address()), namespace, true);
    }

    public String namespace() {
        return namespace;
    }

    /** The API itself, for what has no method here. */
    public Api api() {
        return api;
    }

    /** Every database of the namespace, by name. */
    public List<ShardedDatabase> databases() {
        return api.list(KnownKinds.DATABASE.path(namespace)).stream()
                .map(item -> read(item, ShardedDatabase.class))
                .sorted(Comparator.comparing(database -> database.getMetadata().getName()))
                .toList();
    }

    /**
     * The database meant: the one named, or the only one.
     *
     * @throws CommandFailure when there is none, or more than one and none is named
     */
    public ShardedDatabase database(@Nullable String name) {
        List<ShardedDatabase> all = databases();
        List<String> names =
                all.stream().map(database -> database.getMetadata().getName()).toList();
        if (all.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "there is no database in namespace " + namespace
                            + "; make one with: sdb up examples/students.yaml");
        }
        if (name == null) {
            if (all.size() > 1) {
                throw new CommandFailure(
                        ExitCode.USAGE, "there are several databases " + names + "; choose one with --database");
            }
            return all.getFirst();
        }
        return all.stream()
                .filter(database -> database.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.UNAVAILABLE, "there is no database " + name + "; there is " + names));
    }

    /**
     * The secret that a database's servers ask for; empty when it has none yet, or when this user may not read it: then
     * servers that require it answer nothing.
     */
    public Optional<DatabaseSecret> secret(String database) {
        try {
            JsonNode secret = api.get("/api/v1/namespaces/" + namespace + "/secrets/" + database + "-credentials");
            String stored = secret.path("data").path("server-credential").asText("");
            return stored.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            Credential.parse(new String(Base64.getDecoder().decode(stored), StandardCharsets.UTF_8))
                                    .shown());
        } catch (ApiRefused e) {
            return Optional.empty();
        }
    }

    /** The shards of the namespace's databases, by database and interval. */
    public List<Shard> shards() {
        return api.list(KnownKinds.SHARD.path(namespace)).stream()
                .map(item -> read(item, Shard.class))
                .sorted(Comparator.comparing((Shard shard) -> shard.getSpec().database())
                        .thenComparing(shard -> shard.getSpec().interval().from()))
                .toList();
    }

    /** The shards of one database, by interval. */
    public List<Shard> shards(String database) {
        return shards().stream()
                .filter(shard -> shard.getSpec().database().equals(database))
                .toList();
    }

    /**
     * Every pod of the databases and of the operator, by namespace and name. Where one may not look into all
     * namespaces, those of this one.
     */
    public List<Pod> pods() {
        return pods(everyNamespace).stream()
                .map(item -> read(item, Pod.class))
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getNamespace())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    private List<JsonNode> pods(boolean mayLookEverywhere) {
        try {
            return api.list(KnownKinds.POD.path(null) + "?" + OURS);
        } catch (ApiRefused e) {
            if (mayLookEverywhere || e.status() != 403) {
                throw e;
            }
            return api.list(KnownKinds.POD.path(namespace) + "?" + OURS);
        }
    }

    /** The server pod of a database that carries a server of this given name. */
    public Pod serverPod(String database, String server) {
        return pods().stream()
                .filter(pod -> database.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL)))
                .filter(pod -> server.equals(serverName(pod)))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.UNAVAILABLE, "there is no pod of server " + server + " of database " + database));
    }

    /**
     * A port of this machine that leads to the database's ready routers through the Kubernetes API. The caller closes
     * it.
     *
     * @throws CommandFailure when none is ready
     */
    public PodPorts routers(String database) {
        PodPort _ = router(database);
        return api.ports(() -> router(database));
    }

    /** The HTTP port of any ready router. */
    private PodPort router(String database) {
        List<Pod> ready = api.list(KnownKinds.POD.path(namespace) + "?labelSelector=" + ROUTERS + database).stream()
                .map(item -> read(item, Pod.class))
                .filter(Cluster::isReady)
                .toList();
        if (ready.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY, "no router of database " + database + " is ready; see sdb status");
        }
        Pod pod = ready.get(ThreadLocalRandom.current().nextInt(ready.size()));
        int port = pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(candidate -> "http".equals(candidate.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElse(ROUTER_PORT);
        return new PodPort(namespace, pod.getMetadata().getName(), port);
    }

    private static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** The given name of a server pod's server; null for other pods. */
    public static @Nullable String serverName(Pod pod) {
        @Nullable
        String given = pod.getMetadata().getAnnotations() == null
                ? null
                : pod.getMetadata().getAnnotations().get(ApiNames.SERVER_NAME_ANNOTATION);
        return given == null ? pod.getMetadata().getLabels().get(ApiNames.SERVER_LABEL) : given;
    }

    /**
     * Server-side apply.
     *
     * @return the object as it then is
     * @throws CommandFailure when the API refuses the object; the message says which rule
     */
    public JsonNode apply(JsonNode object, Api.Applying how) {
        String kind = object.path("kind").asText();
        String name = object.path("metadata").path("name").asText();
        try {
            return api.apply(path(object), object, how);
        } catch (ApiRefused e) {
            String hint = e.status() == 409
                    ? "\n  Fields that others changed are left to them; --force-conflicts takes them over."
                    : "";
            throw new CommandFailure(
                    e.status() < 500 ? ExitCode.DATA : ExitCode.UNAVAILABLE,
                    kind + " " + name + " was not applied: " + e.getMessage() + hint,
                    e);
        }
    }

    /**
     * Sets an annotation of a shard, through which the operator is asked for something.
     *
     * @param value {@code null} takes the annotation away
     */
    public void annotate(Shard shard, String annotation, @Nullable String value) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").putObject("annotations").put(annotation, value);
        api.merge(KnownKinds.SHARD.path(namespace, shard.getMetadata().getName()), patch);
    }

    /** The object as it is now, if it is there. */
    public Optional<JsonNode> find(JsonNode object) {
        return api.find(path(object));
    }

    /**
     * The tables of a database that requests are made for; absent when none are known, or when they may not be read.
     */
    public Optional<List<TableSpec>> tablesInForce(String database) {
        ObjectNode object = Json.object().put("apiVersion", "v1").put("kind", "ConfigMap");
        object.putObject("metadata").put("name", Catalog.objectName(database));
        try {
            JsonNode catalog =
                    find(object).orElse(MissingNode.getInstance()).path("data").path(Catalog.KEY);
            return catalog.isTextual()
                    ? Optional.of(Json.LENIENT
                            .readValue(catalog.asText(), Catalog.class)
                            .tables()
                            .tables())
                    : Optional.empty();
        } catch (ApiRefused | IOException e) {
            return Optional.empty();
        }
    }

    /** Path of a written object; without a namespace of its own it lies in this one. */
    public String path(JsonNode object) {
        ResourceKind resource = api.kindOf(
                object.path("apiVersion").asText(), object.path("kind").asText());
        JsonNode metadata = object.path("metadata");
        return resource.path(
                metadata.path("namespace").asText(namespace),
                metadata.path("name").asText());
    }

    private static <T> T read(JsonNode item, Class<T> type) {
        try {
            return Json.LENIENT.treeToValue(item, type);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "cannot understand " + type.getSimpleName() + " "
                            + item.path("metadata").path("name").asText() + ": " + e.getOriginalMessage(),
                    e);
        }
    }

    @Override
    public void close() {
        api.close();
    }
}

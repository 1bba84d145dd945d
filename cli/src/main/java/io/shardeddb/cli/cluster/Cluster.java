package io.shardeddb.cli.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.cli.CommandFailure;
import io.shardeddb.cli.ExitCode;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Kubernetes API, real or local, and the few things that commands ask of it. */
public final class Cluster implements AutoCloseable {

    /** Field manager of what the command line applies. */
    public static final String FIELD_MANAGER = "sdb";

    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;

    private final KubernetesClient client;
    private final String namespace;

    private Cluster(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * Connects by a client configuration file.
     *
     * @throws CommandFailure when the file cannot be read
     */
    public static Cluster connect(Path kubeconfig, String namespace) {
        Config config;
        try {
            config = Config.fromKubeconfig(Files.readString(kubeconfig));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + kubeconfig, e);
        }
        config.setRequestTimeout(REQUEST_TIMEOUT_MILLIS);
        config.setConnectionTimeout(REQUEST_TIMEOUT_MILLIS);
        config.setRequestRetryBackoffLimit(2);
        return new Cluster(new KubernetesClientBuilder().withConfig(config).build(), namespace);
    }

    public String namespace() {
        return namespace;
    }

    /** The client itself, for what has no method here. */
    public KubernetesClient client() {
        return client;
    }

    /** Every database of the namespace, by name. */
    public List<ShardedDatabase> databases() {
        return client.resources(ShardedDatabase.class).inNamespace(namespace).list().getItems().stream()
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

    /** The shards of the namespace's databases, by database and interval. */
    public List<Shard> shards() {
        return client.resources(Shard.class).inNamespace(namespace).list().getItems().stream()
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

    /** Every pod of the databases and of the operator, by namespace and name. */
    public List<Pod> pods() {
        return client
                .pods()
                .inAnyNamespace()
                .withLabel("app.kubernetes.io/name", "shardeddb")
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getNamespace())
                        .thenComparing(pod -> pod.getMetadata().getName()))
                .toList();
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
     * @throws CommandFailure when the API refuses the object; the message says which rule
     */
    public void apply(HasMetadata object) {
        try {
            client.resource(object).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
        } catch (KubernetesClientException e) {
            String reason = e.getStatus() != null && e.getStatus().getMessage() != null
                    ? e.getStatus().getMessage()
                    : String.valueOf(e.getMessage());
            int exit = e.getCode() >= 400 && e.getCode() < 500 ? ExitCode.DATA : ExitCode.UNAVAILABLE;
            throw new CommandFailure(
                    exit, object.getKind() + " " + object.getMetadata().getName() + " was not applied: " + reason, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}

package io.shardeddb.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.AdmissionPolicies;
import io.shardeddb.local.api.ApiServer;
import io.shardeddb.local.api.Definitions;
import io.shardeddb.local.api.Deletion;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.api.Preparation;
import io.shardeddb.local.api.Rights;
import io.shardeddb.local.api.Writes;
import io.shardeddb.local.http.HttpServer;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.node.Addresses;
import io.shardeddb.local.node.Kubeconfig;
import io.shardeddb.local.node.Launcher;
import io.shardeddb.local.node.NodeAgent;
import io.shardeddb.local.node.NodePaths;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.local.workload.Controllers;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kubernetes on one machine, for trying and testing: an API server, the controllers and a node agent that runs pods as
 * processes. Everything it knows and keeps is in its home directory.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
    /** Processes that outlived a daemon know the API server by its port, so that the next daemon must take the same. */
    private static final String PORT_FILE = "api-port";

    private static final long LEAST_SPACE = 256L << 20;

    private final NodePaths paths;
    private final HomeLock lock;
    private final ObjectStore store;
    private final Addresses addresses;
    private final NodeAgent agent;
    private final Controllers controllers;
    private final HttpServer server;
    private final ApiSwitch apiSwitch;
    private final Rights rights;
    private boolean closed;

    private LocalCluster(
            NodePaths paths,
            HomeLock lock,
            ObjectStore store,
            Addresses addresses,
            NodeAgent agent,
            Controllers controllers,
            HttpServer server,
            ApiSwitch apiSwitch,
            Rights rights) {
        this.paths = paths;
        this.lock = lock;
        this.store = store;
        this.addresses = addresses;
        this.agent = agent;
        this.controllers = controllers;
        this.server = server;
        this.apiSwitch = apiSwitch;
        this.rights = rights;
    }

    /**
     * Starts a cluster, or goes on with the one that this home holds: its objects, data and processes that still run.
     *
     * @param home the directory for everything; made when missing
     * @throws LocalClusterException when it cannot start for a reason that a person can remove
     */
    public static LocalCluster start(Path home, Settings settings) throws IOException {
        Path root = home.toAbsolutePath().normalize();
        Files.createDirectories(root);
        requireSpace(root);
        HomeLock lock = HomeLock.take(root);
        try {
            return start(root, settings, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void requireSpace(Path home) throws IOException {
        long usable = Files.getFileStore(home).getUsableSpace();
        if (usable < LEAST_SPACE) {
            throw new LocalClusterException(
                    "only " + (usable >> 20) + " MiB are free on the disk of " + home + "; at least "
                            + (LEAST_SPACE >> 20) + " MiB are needed",
                    null);
        }
    }

    private static LocalCluster start(Path home, Settings settings, HomeLock lock) throws IOException {
        Path tools = settings.tools();
        NodePaths paths = new NodePaths(home, tools == null ? home.resolve("tools") : tools.toAbsolutePath());
        Map<String, Launcher> images = images(home, settings);
        InstantSource clock = InstantSource.system();
        Kinds kinds = new Kinds();
        ObjectStore store = new ObjectStore(home.resolve("journal"));
        Definitions.follow(store, kinds);
        Addresses addresses = Addresses.open(home.resolve("address-block"), () -> usedAddresses(store));
        Deletion deletion = new Deletion(store, clock);
        Writes writes = new Writes(
                store,
                kinds,
                new Preparation(addresses::take, new AdmissionPolicies(store)),
                clock,
                new SecureRandom());
        Objects objects = new Objects(store, kinds, writes, deletion, clock, "local-cluster");
        makeBasics(objects);
        AtomicReference<ApiServer> api = new AtomicReference<>();
        HttpServer server = listen(home, settings, (request, exchange) -> {
            ApiServer ready = api.get();
            if (ready != null) {
                ready.handle(request, exchange);
            }
        });
        Files.writeString(home.resolve(PORT_FILE), Integer.toString(server.port()));
        String address = "127.0.0.1:" + server.port();
        Files.writeString(paths.kubeconfig(), Kubeconfig.text(address, null));
        NodeAgent agent = NodeAgent.start(objects, paths, images, addresses::take);
        Rights rights = new Rights(store);
        api.set(new ApiServer(store, kinds, writes, deletion, clock, agent.logs(), rights, address));
        Controllers controllers = new Controllers(objects, paths.volumes(), settings.publishedPort());
        // A process that finds the record may use the switch.
        ApiSwitch apiSwitch = ApiSwitch.start(home, server);
        writeDaemonRecord(home, address);
        LOG.info("The API server listens on http://{}; home {}", address, home);
        return new LocalCluster(paths, lock, store, addresses, agent, controllers, server, apiSwitch, rights);
    }

    private static Map<String, Launcher> images(Path home, Settings settings) throws IOException {
        Path file = home.resolve("images.json");
        JsonNode given = settings.images();
        if (given != null) {
            Files.write(file, Tree.bytes(given));
        }
        try {
            return Files.exists(file) ? Launcher.parse(Tree.parse(Files.readAllBytes(file))) : Map.of();
        } catch (IllegalArgumentException e) {
            throw new LocalClusterException(file + ": " + e.getMessage(), e);
        }
    }

    private static Set<String> usedAddresses(ObjectStore store) {
        Set<String> used = new HashSet<>();
        store.list("pods", "").objects().forEach(p -> used.add(Tree.textOr(p, "", "status", "podIP")));
        store.list("services", "").objects().forEach(s -> used.add(Tree.textOr(s, "", "spec", "clusterIP")));
        return used;
    }

    private static void makeBasics(Objects objects) {
        for (String name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            ObjectNode namespace = Tree.object();
            Meta.of(namespace).put("name", name);
            objects.create("namespaces", namespace);
            ObjectNode account = Tree.object();
            Meta.of(account).put("name", "default").put("namespace", name);
            objects.create("serviceaccounts", account);
        }
        ObjectNode storage = Tree.object();
        Meta.of(storage).put("name", "standard");
        Tree.child(storage, "metadata", "annotations").put("storageclass.kubernetes.io/is-default-class", "true");
        storage.put("provisioner", "shardeddb.io/local-directory");
        storage.put("reclaimPolicy", "Delete");
        storage.put("volumeBindingMode", "Immediate");
        objects.create("storageclasses.storage.k8s.io", storage);
    }

    private static HttpServer listen(Path home, Settings settings, HttpServer.Handler handler) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        if (settings.port() != 0) {
            try {
                return HttpServer.start(loopback, settings.port(), handler);
            } catch (BindException e) {
                throw new LocalClusterException(
                        "port " + settings.port() + " on 127.0.0.1 is in use by another program", e);
            }
        }
        int before = portBefore(home);
        if (before != 0) {
            try {
                return HttpServer.start(loopback, before, handler);
            } catch (BindException e) {
                LOG.info("Port {}, which this cluster had before, is in use now; taking another one", before);
            }
        }
        return HttpServer.start(loopback, 0, handler);
    }

    private static int portBefore(Path home) throws IOException {
        Path file = home.resolve(PORT_FILE);
        String port = Files.exists(file) ? Files.readString(file).strip() : "";
        return port.matches("\\d{1,5}") ? Integer.parseInt(port) : 0;
    }

    private static void writeDaemonRecord(Path home, String address) throws IOException {
        ObjectNode record = Tree.object();
        record.put("pid", ProcessHandle.current().pid());
        record.put(
                "started",
                ProcessHandle.current()
                        .info()
                        .startInstant()
                        .orElse(Instant.EPOCH)
                        .toString());
        record.put("address", "http://" + address);
        Path next = home.resolve("daemon.json.next");
        Files.write(next, Tree.bytes(record));
        Files.move(
                next, home.resolve("daemon.json"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The file that tells Kubernetes clients where the API server is. */
    public Path kubeconfig() {
        return paths.kubeconfig();
    }

    /** The API server's address, as in http://127.0.0.1:37001. */
    public String address() {
        return "http://127.0.0.1:" + server.port();
    }

    /** Rights of service accounts, and what they did with them. */
    public Rights rights() {
        return rights;
    }

    /** Stops everything, processes of pods included; objects and data stay for the next start. */
    @Override
    public void close() throws IOException {
        close(true);
    }

    /** Stops the control plane and leaves the processes of pods, as a crash would; the next start takes them over. */
    public void detach() throws IOException {
        close(false);
    }

    private synchronized void close(boolean stopPods) throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (stopPods) {
                agent.stopPods();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        apiSwitch.close();
        server.close();
        controllers.close();
        agent.close();
        addresses.close();
        store.close();
        lock.close();
    }

    /** Removes all objects, data and logs of a home that no cluster runs on; unpacked programs stay. */
    public static void deleteData(Path home) throws IOException {
        if (!Files.exists(home)) {
            return;
        }
        HomeLock lock = HomeLock.take(home);
        try {
            for (String part : List.of("journal", "volumes", "orphaned-volumes", "pods", "templates")) {
                io.shardeddb.local.workload.Volumes.remove(home.resolve(part));
            }
            for (String file :
                    List.of("kubeconfig", "daemon.json", "hosts", "java.security", "address-block", PORT_FILE)) {
                Files.deleteIfExists(home.resolve(file));
            }
        } finally {
            lock.close();
        }
    }
}

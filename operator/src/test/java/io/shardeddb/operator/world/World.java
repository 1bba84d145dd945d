package io.shardeddb.operator.world;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.shardeddb.local.api.AdmissionPolicies;
import io.shardeddb.local.api.ApiServer;
import io.shardeddb.local.api.Definitions;
import io.shardeddb.local.api.Deletion;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.api.Preparation;
import io.shardeddb.local.api.Rights;
import io.shardeddb.local.api.Writes;
import io.shardeddb.local.http.Exchange;
import io.shardeddb.local.http.HttpServer;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.local.workload.Controllers;
import io.shardeddb.operator.act.ApiCalls;
import io.shardeddb.operator.act.OperatorClient;
import io.shardeddb.operator.observe.ControlLinks;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A whole world but for processes: the local cluster's API server over real HTTP, its controllers (StatefulSets,
 * Deployments, volumes, owners), pods that are ready at once, and servers that keep members and memberships but no
 * rows.
 */
public final class World implements AutoCloseable {

    private static final String OPERATOR = "operator-under-test";
    private static final int FORBIDDEN = 403;
    private static final int FIRST_ERROR = 400;

    private final ObjectStore store;
    private final HttpServer http;
    private final Controllers controllers;
    private final Objects objects;
    private final FakeServers servers = new FakeServers();
    private final Gate gate = new Gate();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();
    private final FakeControl control;
    private final FakeNode node;
    private final KubernetesClient admin;
    private final KubernetesClient operator;

    /** Starts a world in a folder. */
    public World(Path folder) throws IOException {
        InstantSource clock = InstantSource.system();
        Kinds kinds = new Kinds();
        store = new ObjectStore(folder.resolve("journal"));
        Definitions.follow(store, kinds);
        Deletion deletion = new Deletion(store, clock);
        AtomicInteger hosts = new AtomicInteger();
        Writes writing = new Writes(
                store,
                kinds,
                new Preparation(
                        () -> "127.1." + hosts.incrementAndGet() / 250 + "." + (hosts.get() % 250 + 1),
                        new AdmissionPolicies(store)),
                clock,
                new SecureRandom());
        objects = new Objects(store, kinds, writing, deletion, clock, "test");
        namespace("default");
        ApiServer api = new ApiServer(
                store,
                kinds,
                writing,
                deletion,
                clock,
                (namespace, pod, request, exchange) -> exchange.send(404, "text/plain", new byte[0]),
                new Rights(store),
                "127.0.0.1");
        http = HttpServer.start(
                InetAddress.getLoopbackAddress(), 0, (request, exchange) -> handle(api, request, exchange));
        controllers = new Controllers(objects, folder.resolve("volumes"));
        node = new FakeNode(objects.as("fake-node"), servers);
        control = new FakeControl(servers, gate);
        admin = client("test");
        operator = client(OPERATOR);
        for (String crd : List.of("shardeddatabases.shardeddb.io", "shards.shardeddb.io")) {
            try (InputStream yaml = World.class.getResourceAsStream("/crds/" + crd + ".yaml")) {
                admin.load(yaml).serverSideApply();
            }
        }
    }

    /** Makes a namespace. */
    public void namespace(String name) {
        ObjectNode namespace = Tree.object();
        Meta.of(namespace).put("name", name);
        objects.create("namespaces", namespace);
    }

    private KubernetesClient client(String agent) {
        String url = "http://127.0.0.1:" + http.port();
        return agent.equals(OPERATOR)
                ? operatorOf(http.port(), new ApiCalls())
                : new KubernetesClientBuilder().withConfig(config(url, agent)).build();
    }

    private static Config config(String url, String agent) {
        return new ConfigBuilder()
                .withAutoConfigure(false)
                .withMasterUrl(url)
                .withNamespace("default")
                .withUserAgent(agent)
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout(60_000)
                .build();
    }

    private void handle(ApiServer api, Request request, Exchange exchange) throws IOException {
        if (!OPERATOR.equals(request.headers().get("user-agent"))) {
            api.handle(request, exchange);
            return;
        }
        requests.incrementAndGet();
        if (gate.dead()) {
            refuse(exchange);
            return;
        }
        if (request.method().equals("GET")) {
            if (request.flag("watch")) {
                watches.incrementAndGet();
            }
            api.handle(request, exchange);
            return;
        }
        if (request.path().startsWith("/apis/coordination.k8s.io/")
                || request.path().contains("/selfsubject")) {
            api.handle(request, exchange);
            return;
        }
        Answer answer = new Answer();
        api.handle(request, answer);
        if (answer.status < FIRST_ERROR) {
            writes.incrementAndGet();
            // An event changes nothing; to die after one is to die before the next step.
            if (!request.path().contains("/events")) {
                gate.stepped(request.method() + " " + request.path().replaceAll("^.*/namespaces/[^/]+/", "")
                        + name(request));
            }
        }
        if (gate.dead()) {
            refuse(exchange);
        } else {
            exchange.send(answer.status, answer.contentType, answer.body);
        }
    }

    private static String name(Request request) {
        if (!request.method().equals("POST")) {
            return "";
        }
        try {
            return " " + Meta.name(Tree.parse(request.body()));
        } catch (IOException e) {
            return "";
        }
    }

    private static void refuse(Exchange exchange) throws IOException {
        exchange.send(
                FORBIDDEN, "application/json", "{\"kind\":\"Status\",\"code\":403}".getBytes(StandardCharsets.UTF_8));
    }

    private static final class Answer implements Exchange {
        private int status;
        private String contentType = "";
        private byte[] body = new byte[0];

        @Override
        public void send(int code, String type, byte[] content) {
            status = code;
            contentType = type;
            body = content;
        }

        @Override
        public PartStream stream(String type) {
            throw new UnsupportedOperationException("a write is not answered by a stream");
        }

        @Override
        public PartStream webSocket() {
            throw new UnsupportedOperationException("a write is not answered by a stream");
        }

        @Override
        public Messages messages(String protocol) {
            throw new UnsupportedOperationException("a write is not answered by a stream");
        }
    }

    /** What operators do, counted; and the way to let one die. */
    public Gate gate() {
        return gate;
    }

    /** Lets the API server refuse connections, and break those that it has, or listen again. */
    public void apiAway(boolean away) throws IOException {
        if (away) {
            http.stopListening();
        } else {
            http.listenAgain();
        }
    }

    /** The servers. */
    public FakeServers servers() {
        return servers;
    }

    /** The tester's own client. */
    public KubernetesClient admin() {
        return admin;
    }

    /** The client that operators use; its writes are counted, but for the lease between them. */
    public KubernetesClient operator() {
        return operator;
    }

    /** Another one, which the caller closes. */
    public KubernetesClient anotherOperator() {
        return client(OPERATOR);
    }

    /** What an operator in a process of its own needs to find this world: the API's port and that of the servers. */
    public List<String> ports() {
        return List.of(Integer.toString(http.port()), Integer.toString(control.port()));
    }

    /** The client of an operator in a process of its own; its requests are counted. */
    public static KubernetesClient operatorOf(int apiPort, ApiCalls calls) {
        return OperatorClient.builder(calls)
                .withConfig(config("http://127.0.0.1:" + apiPort, OPERATOR))
                .build();
    }

    /** Links to the servers of a world in another process. */
    public static ControlLinks linksOf(int controlPort) {
        return FakeControl.links(controlPort);
    }

    /** The credential that a router runs with; see {@link FakeServers#credential}. */
    public String credential(Pod router) {
        return servers.credentialOf(router.getMetadata().getName());
    }

    /** Links to the servers for one operator. */
    public ControlLinks links() {
        return control.links();
    }

    /** Requests of operators to the API so far, of every kind. */
    public int requests() {
        return requests.get();
    }

    /** Writes of operators to the API so far, events included. */
    public int writes() {
        return writes.get();
    }

    /**
     * Waits until operators have written nothing for a time.
     *
     * @param limit after which waiting fails
     */
    public void awaitNoWrites(Duration time, Duration limit) {
        int[] seen = {-1};
        long[] since = {System.nanoTime()};
        Awaitility.await("no write for " + time)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    int now = writes();
                    if (now != seen[0]) {
                        seen[0] = now;
                        since[0] = System.nanoTime();
                    }
                    return System.nanoTime() - since[0] >= time.toNanos();
                });
    }

    /** Watches that operators began so far. */
    public int watches() {
        return watches.get();
    }

    /** Revision of the last change of any object. */
    public long revision() {
        return store.list("pods", "").revision();
    }

    /** Pods of a server run and are not ready. */
    public void sick(String server, boolean is) {
        node.sick(server, is);
    }

    /** Objects of a resource, as the store has them. */
    public List<ObjectNode> list(String resource) {
        return objects.list(resource, "default");
    }

    /** One object, as the store has it. */
    public @Nullable ObjectNode get(String resource, String name) {
        return objects.get(resource, "default", name);
    }

    @Override
    public void close() throws IOException {
        admin.close();
        operator.close();
        control.close();
        http.close();
        node.close();
        controllers.close();
        store.close();
    }
}

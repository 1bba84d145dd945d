package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each Service with a cluster address a forwarder there per port, and publishes its ports named {@code http} and
 * {@code grpc} on 127.0.0.1: under the same numbers when these are free, else under any free ones. The published
 * address is in the Service's status, with the ports in the Service's order.
 */
public final class ServiceProxy implements ControlLoop.Reconciler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);
    private static final String HTTP = "http";
    private static final Set<String> PUBLISHED = Set.of(HTTP, "grpc");
    private static final Duration BUSY_RETRY = Duration.ofSeconds(5);

    private final Objects objects;
    private final InetAddress loopback;
    private final int publishedPort;
    private final Map<ObjectKey, Running> running = new ConcurrentHashMap<>();
    private @Nullable ControlLoop loop;

    /** The forwarders of one Service, by what they listen for. */
    private record Running(String uid, Map<String, Forwarder> forwarders) {}

    private ServiceProxy(Objects objects, InetAddress loopback, int publishedPort) {
        this.objects = objects;
        this.loopback = loopback;
        this.publishedPort = publishedPort;
    }

    /**
     * Starts the proxy.
     *
     * @param publishedPort port on 127.0.0.1 that the first published Service takes; 0: the Service's own
     */
    public static ServiceProxy start(Objects objects, int publishedPort) throws IOException {
        ServiceProxy proxy = new ServiceProxy(
                objects.as("service-proxy"), InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), publishedPort);
        proxy.loop = ControlLoop.start("service-proxy", objects.store(), ServiceProxy::concerns, proxy);
        return proxy;
    }

    private static Set<ObjectKey> concerns(Event event) {
        return Keys.self(event, Endpoints.SERVICES);
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode service = objects.get(Endpoints.SERVICES, key.namespace(), key.name());
        Running now = running.get(key);
        if (now != null && (service == null || !Meta.uid(service).equals(now.uid))) {
            closeAll(now);
            running.remove(key);
        }
        if (service == null) {
            return null;
        }
        String address = Tree.textOr(service, "None", "spec", "clusterIP");
        if (address.equals("None") || Tree.at(service, "spec", "selector").isEmpty()) {
            return null;
        }
        Running here = running.computeIfAbsent(key, k -> new Running(Meta.uid(service), new HashMap<>()));
        try {
            return open(service, here, InetAddress.getByName(address)) ? null : BUSY_RETRY;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean open(ObjectNode service, Running here, InetAddress address) throws IOException {
        boolean all = true;
        // In the Service's order: of a number that two ports ask for, the first one has it.
        Map<String, JsonNode> wanted = new LinkedHashMap<>();
        boolean changed = false;
        for (JsonNode port : Tree.at(service, "spec", "ports")) {
            wanted.put("port " + port.path("port").asInt(), port);
            if (isPublished(port)) {
                wanted.put("published " + port.path("port").asInt(), port);
            }
        }
        for (String key : List.copyOf(here.forwarders.keySet())) {
            if (!wanted.containsKey(key)) {
                Forwarder forwarder = here.forwarders.remove(key);
                if (forwarder != null) {
                    forwarder.close();
                }
            }
        }
        for (Map.Entry<String, JsonNode> entry : wanted.entrySet()) {
            if (here.forwarders.containsKey(entry.getKey())) {
                continue;
            }
            JsonNode port = entry.getValue();
            if (entry.getKey().startsWith("published")) {
                here.forwarders.put(entry.getKey(), publish(service, port));
                changed = true;
            } else {
                try {
                    here.forwarders.put(
                            entry.getKey(),
                            Forwarder.start(address, port.path("port").asInt(), () -> targets(service, port)));
                } catch (IOException e) {
                    LOG.warn(
                            "Service {} cannot listen on {}:{}: {}",
                            Meta.name(service),
                            address.getHostAddress(),
                            port.path("port"),
                            e.toString());
                    all = false;
                }
            }
        }
        if (changed) {
            report(service, here);
        }
        return all;
    }

    private static boolean isPublished(JsonNode port) {
        return PUBLISHED.contains(port.path("name").asText());
    }

    private static List<JsonNode> published(ObjectNode service) {
        List<JsonNode> published = new ArrayList<>();
        Tree.at(service, "spec", "ports").forEach(port -> {
            if (isPublished(port)) {
                published.add(port);
            }
        });
        return published;
    }

    private Forwarder publish(ObjectNode service, JsonNode port) throws IOException {
        JsonNode before = Tree.at(service, "status", "loadBalancer", "ingress")
                .path(0)
                .path("ports")
                .path(published(service).indexOf(port));
        int own = before.path("port").asInt(port.path("port").asInt());
        boolean chosen = publishedPort > 0 && port.path("name").asText().equals(HTTP);
        int[] choices = {chosen ? publishedPort : own, own, port.path("port").asInt(), 0};
        IOException failure = new IOException("no port is free");
        for (int choice : choices) {
            try {
                return Forwarder.start(loopback, choice, () -> targets(service, port));
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private void report(ObjectNode service, Running here) {
        objects.changeStatus(service, Endpoints.SERVICES, object -> {
            ObjectNode ingress = Tree.child(object, "status", "loadBalancer")
                    .putArray("ingress")
                    .addObject();
            ingress.put("ip", "127.0.0.1");
            ArrayNode ports = ingress.putArray("ports");
            for (JsonNode port : published(service)) {
                Forwarder forwarder =
                        here.forwarders.get("published " + port.path("port").asInt());
                if (forwarder != null) {
                    ports.addObject().put("port", forwarder.port()).put("protocol", "TCP");
                }
            }
            return object;
        });
    }

    private List<InetSocketAddress> targets(ObjectNode service, JsonNode port) {
        List<InetSocketAddress> targets = new ArrayList<>();
        ObjectNode slice = objects.get(Endpoints.SLICES, Meta.namespace(service), Meta.name(service) + "-local");
        if (slice == null) {
            return targets;
        }
        int number = 0;
        for (JsonNode candidate : slice.path("ports")) {
            if (candidate.path("name").asText().equals(port.path("name").asText())) {
                number = candidate.path("port").asInt();
            }
        }
        for (JsonNode endpoint : slice.path("endpoints")) {
            if (number > 0 && endpoint.path("conditions").path("ready").asBoolean()) {
                targets.add(
                        new InetSocketAddress(endpoint.path("addresses").path(0).asText(), number));
            }
        }
        return targets;
    }

    private static void closeAll(Running service) {
        service.forwarders.values().forEach(f -> {
            try {
                f.close();
            } catch (IOException e) {
                LOG.debug("A forwarder did not close: {}", e.toString());
            }
        });
    }

    @Override
    public void close() {
        ControlLoop started = loop;
        if (started != null) {
            started.close();
        }
        running.values().forEach(ServiceProxy::closeAll);
    }
}

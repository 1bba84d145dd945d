package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps the Endpoints and the EndpointSlice of each Service with a selector. */
public final class Endpoints implements ControlLoop.Reconciler {
    static final String SERVICES = "services";
    static final String SLICES = "endpointslices.discovery.k8s.io";
    private static final String ENDPOINTS = "endpoints";
    private static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private final Objects objects;

    private Endpoints(Objects objects) {
        this.objects = objects;
    }

    /** Starts the controller. */
    public static ControlLoop start(Objects objects) {
        Endpoints endpoints = new Endpoints(objects.as("endpointslice-controller"));
        return ControlLoop.start("endpoints", objects.store(), endpoints::concerns, endpoints);
    }

    private Set<ObjectKey> concerns(Event event) {
        if (event.key().resource().equals(SERVICES)) {
            return Set.of(event.key());
        }
        if (!event.key().resource().equals(Pods.RESOURCE)) {
            return Set.of();
        }
        Set<ObjectKey> services = new LinkedHashSet<>();
        for (ObjectNode service : objects.list(SERVICES, event.key().namespace())) {
            if (selects(service, event.object()) || (event.previous() != null && selects(service, event.previous()))) {
                services.add(new ObjectKey(SERVICES, event.key().namespace(), Meta.name(service)));
            }
        }
        return services;
    }

    private static boolean selects(JsonNode service, JsonNode pod) {
        Map<String, String> selector = Tree.strings(Tree.at(service, "spec", "selector"));
        return !selector.isEmpty() && Meta.labels(pod).entrySet().containsAll(selector.entrySet());
    }

    /** A pod behind a Service. */
    private record Address(ObjectNode pod, String ip, boolean ready) {}

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode service = objects.get(SERVICES, key.namespace(), key.name());
        if (service == null || Meta.deleting(service)) {
            ObjectNode left = objects.get(ENDPOINTS, key.namespace(), key.name());
            if (service == null && left != null) {
                objects.delete(left, ENDPOINTS);
            }
            return null;
        }
        if (Tree.at(service, "spec", "selector").isEmpty()) {
            return null;
        }
        boolean publish = Tree.at(service, "spec", "publishNotReadyAddresses").asBoolean();
        List<Address> addresses = new ArrayList<>();
        for (ObjectNode pod : objects.list(Pods.RESOURCE, key.namespace())) {
            String ip = Tree.text(pod, "status", "podIP");
            if (ip != null && selects(service, pod) && !Pods.finished(pod)) {
                boolean ready = publish || (Pods.ready(pod) && !Meta.deleting(pod));
                addresses.add(new Address(pod, ip, ready));
            }
        }
        writeEndpoints(service, addresses);
        writeSlice(service, addresses, publish);
        return null;
    }

    private void writeEndpoints(ObjectNode service, List<Address> addresses) {
        ObjectNode endpoints = Tree.object();
        Meta.of(endpoints).put("name", Meta.name(service)).put("namespace", Meta.namespace(service));
        labels(endpoints, service);
        ArrayNode subsets = Tree.array();
        if (!addresses.isEmpty()) {
            ObjectNode subset = subsets.addObject();
            for (boolean ready : new boolean[] {true, false}) {
                ArrayNode list = Tree.array();
                addresses.stream().filter(a -> a.ready == ready).forEach(a -> {
                    ObjectNode address = list.addObject();
                    address.put("ip", a.ip);
                    hostname(service, a, address);
                    address.set("targetRef", reference(a.pod));
                });
                if (!list.isEmpty()) {
                    subset.set(ready ? "addresses" : "notReadyAddresses", list);
                }
            }
            subset.set("ports", ports(service, addresses.getFirst().pod));
        }
        if (!subsets.isEmpty()) {
            endpoints.set("subsets", subsets);
        }
        write(ENDPOINTS, endpoints, "subsets");
    }

    private void writeSlice(ObjectNode service, List<Address> addresses, boolean publish) {
        ObjectNode slice = Tree.object();
        Meta.of(slice).put("name", Meta.name(service) + "-local").put("namespace", Meta.namespace(service));
        labels(slice, service);
        Tree.child(slice, "metadata", "labels").put(SERVICE_LABEL, Meta.name(service));
        Meta.own(slice, service);
        slice.put("addressType", "IPv4");
        ArrayNode list = slice.putArray("endpoints");
        for (Address address : addresses) {
            ObjectNode endpoint = list.addObject();
            endpoint.putArray("addresses").add(address.ip);
            ObjectNode conditions = endpoint.putObject("conditions");
            conditions.put("ready", address.ready);
            conditions.put("serving", publish || Pods.ready(address.pod));
            conditions.put("terminating", Meta.deleting(address.pod));
            hostname(service, address, endpoint);
            endpoint.set("targetRef", reference(address.pod));
            endpoint.put("nodeName", Tree.textOr(address.pod, "", "spec", "nodeName"));
        }
        slice.set("ports", addresses.isEmpty() ? Tree.array() : ports(service, addresses.getFirst().pod));
        write(SLICES, slice, "endpoints", "ports");
    }

    private static void hostname(ObjectNode service, Address address, ObjectNode into) {
        String hostname = Tree.text(address.pod, "spec", "hostname");
        if (hostname != null && Meta.name(service).equals(Tree.text(address.pod, "spec", "subdomain"))) {
            into.put("hostname", hostname);
        }
    }

    private static void labels(ObjectNode object, ObjectNode service) {
        JsonNode labels = Tree.at(service, "metadata", "labels");
        if (labels.isObject()) {
            Meta.of(object).set("labels", labels.deepCopy());
        }
    }

    private static ObjectNode reference(ObjectNode pod) {
        ObjectNode reference = Tree.object();
        reference.put("kind", "Pod");
        reference.put("name", Meta.name(pod));
        reference.put("namespace", Meta.namespace(pod));
        reference.put("uid", Meta.uid(pod));
        return reference;
    }

    private static ArrayNode ports(ObjectNode service, ObjectNode pod) {
        ArrayNode ports = Tree.array();
        for (JsonNode port : Tree.at(service, "spec", "ports")) {
            ObjectNode one = ports.addObject();
            if (port.has("name")) {
                one.set("name", port.path("name"));
            }
            one.put("port", targetPort(port, pod));
            one.set("protocol", port.path("protocol"));
        }
        return ports;
    }

    /** The number of a Service's target port, which may be the name of a container's port. */
    static int targetPort(JsonNode port, JsonNode pod) {
        JsonNode target = port.path("targetPort");
        if (target.isTextual()) {
            for (JsonNode container : Tree.at(pod, "spec", "containers")) {
                ObjectNode named = Tree.find(container.path("ports"), "name", target.asText());
                if (named != null) {
                    return named.path("containerPort").asInt();
                }
            }
        }
        return target.asInt(port.path("port").asInt());
    }

    private void write(String resource, ObjectNode wanted, String... fields) {
        ObjectNode existing = objects.get(resource, Meta.namespace(wanted), Meta.name(wanted));
        if (existing == null) {
            objects.create(resource, wanted);
            return;
        }
        boolean same = true;
        for (String field : fields) {
            same &= Tree.same(existing.get(field), wanted.get(field));
        }
        if (same) {
            return;
        }
        objects.change(existing, resource, object -> {
            for (String field : fields) {
                JsonNode value = wanted.get(field);
                if (value == null) {
                    object.remove(field);
                } else {
                    object.set(field, value);
                }
            }
            return object;
        });
    }
}

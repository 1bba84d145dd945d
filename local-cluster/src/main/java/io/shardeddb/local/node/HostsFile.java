package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.local.workload.ControlLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of pods and Services as a hosts file, which takes the place of DNS in the JVMs of pods
 * ({@code jdk.net.hosts.file}). It is replaced as a whole, so that no reader sees half of it.
 */
final class HostsFile {
    private static final ObjectKey ALL = new ObjectKey("", "", "hosts");
    private static final String DOMAIN = "cluster.local";

    private final Objects objects;
    private final Path file;
    private String written = "";

    private HostsFile(Objects objects, Path file) {
        this.objects = objects;
        this.file = file;
    }

    /** Writes the file now and keeps it true. */
    static ControlLoop start(Objects objects, Path file) {
        HostsFile hosts = new HostsFile(objects, file);
        hosts.write();
        return ControlLoop.start("hosts-file", objects.store(), HostsFile::concerns, key -> {
            hosts.write();
            return null;
        });
    }

    private static Set<ObjectKey> concerns(Event event) {
        return switch (event.key().resource()) {
            case "pods", "services", "endpointslices.discovery.k8s.io" -> Set.of(ALL);
            default -> Set.of();
        };
    }

    private void write() {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
        text.append("127.0.0.1 ").append(hostName()).append('\n');
        entries()
                .forEach((address, names) -> text.append(address)
                        .append(' ')
                        .append(String.join(" ", names))
                        .append('\n'));
        if (text.toString().equals(written)) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the hosts file " + file + " cannot be written", e);
        }
        written = text.toString();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private Map<String, Set<String>> entries() {
        Map<String, Set<String>> names = new LinkedHashMap<>();
        for (JsonNode pod : objects.list("pods", "")) {
            String address = Tree.text(pod, "status", "podIP");
            String subdomain = Tree.text(pod, "spec", "subdomain");
            if (address == null) {
                continue;
            }
            Set<String> of = names.computeIfAbsent(address, a -> new LinkedHashSet<>());
            String hostname = Tree.textOr(pod, Meta.name(pod), "spec", "hostname");
            if (subdomain != null && !subdomain.isEmpty()) {
                add(of, hostname + "." + subdomain, Meta.namespace(pod));
            }
            of.add(hostname);
        }
        for (JsonNode service : objects.list("services", "")) {
            String address = Tree.textOr(service, "None", "spec", "clusterIP");
            if (!address.equals("None")) {
                add(
                        names.computeIfAbsent(address, a -> new LinkedHashSet<>()),
                        Meta.name(service),
                        Meta.namespace(service));
                continue;
            }
            JsonNode slice = objects.get(
                    "endpointslices.discovery.k8s.io", Meta.namespace(service), Meta.name(service) + "-local");
            for (JsonNode endpoint : Tree.at(slice == null ? service : slice, "endpoints")) {
                if (endpoint.path("conditions").path("ready").asBoolean()) {
                    String podAddress = endpoint.path("addresses").path(0).asText();
                    add(
                            names.computeIfAbsent(podAddress, a -> new LinkedHashSet<>()),
                            Meta.name(service),
                            Meta.namespace(service));
                }
            }
        }
        return names;
    }

    private static void add(Set<String> names, String name, String namespace) {
        names.add(name + "." + namespace + ".svc." + DOMAIN);
        names.add(name + "." + namespace + ".svc");
        names.add(name + "." + namespace);
        names.add(name);
    }
}

package io.shardeddb.cli.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.api.ResourceKind;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.objects.ObjectText;
import io.shardeddb.cli.status.StatusReader;
import io.shardeddb.cli.status.StatusReport;
import io.shardeddb.cli.status.StatusText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads everything of a report. What cannot be read is named in {@code errors.txt}, and the rest goes on. */
final class Collection {

    private static final List<String> KINDS = List.of(
            "shardeddatabases",
            "shards",
            "pods",
            "statefulsets",
            "deployments",
            "services",
            "persistentvolumeclaims",
            "poddisruptionbudgets",
            "networkpolicies",
            "configmaps",
            "secrets");

    private final Cluster cluster;
    private final @Nullable LocalProcesses processes;
    private final int tail;
    private final Redaction redaction = new Redaction();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final List<String> errors = new ArrayList<>();

    Collection(Cluster cluster, @Nullable LocalProcesses processes, int tail) {
        this.cluster = cluster;
        this.processes = processes;
        this.tail = tail;
    }

    /** The files by path, without secrets. */
    Map<String, String> files(Instant now) {
        List<JsonNode> pods = attempt("pods", () -> cluster.api().list(KnownKinds.POD.path(null)), List.of());
        Set<String> namespaces = namespaces(pods);
        learnSecrets(namespaces);
        attempt("versions", () -> add("versions.txt", versions(now)), null);
        attempt("status", this::status, null);
        for (String namespace : namespaces) {
            KINDS.forEach(kind -> attempt(
                    kind + " of " + namespace,
                    () -> objects(KnownKinds.named(kind).orElseThrow(), namespace),
                    null));
            attempt("events of " + namespace, () -> events(namespace), null);
        }
        for (JsonNode pod : pods) {
            if (ours(pod)) {
                logs(pod);
            }
        }
        clusterLog();
        if (!errors.isEmpty()) {
            files.put("errors.txt", redaction.text(String.join("\n", errors) + "\n"));
        }
        return files;
    }

    private Set<String> namespaces(List<JsonNode> pods) {
        Set<String> namespaces = new LinkedHashSet<>();
        namespaces.add(cluster.namespace());
        pods.stream()
                .filter(Collection::ours)
                .forEach(pod ->
                        namespaces.add(pod.path("metadata").path("namespace").asText()));
        return namespaces;
    }

    private static boolean ours(JsonNode pod) {
        return pod.path("metadata")
                .path("labels")
                .path("app.kubernetes.io/name")
                .asText()
                .equals("shardeddb");
    }

    /** First of all, so that nothing is written before its secrets are known. */
    private void learnSecrets(Set<String> namespaces) {
        ResourceKind secrets = KnownKinds.named("secrets").orElseThrow();
        for (String namespace : namespaces) {
            attempt(
                    "values of secrets of " + namespace + " (then they are removed only where secrets usually lie)",
                    () -> {
                        cluster.api().list(secrets.path(namespace)).forEach(redaction::learn);
                        return true;
                    },
                    false);
        }
    }

    private boolean add(String path, String text) {
        files.put(path, redaction.text(text));
        return true;
    }

    private String versions(Instant now) {
        String api = attempt(
                "version",
                () -> cluster.api().get("/version").path("gitVersion").asText(),
                "(unknown)");
        return "collected: " + now
                + "\nsdb: " + Api.class.getPackage().getImplementationVersion()
                + "\nkubernetes: " + api + " at " + cluster.api().address()
                + "\njava: " + Runtime.version()
                + "\nsystem: " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors\n";
    }

    private boolean status() throws IOException {
        StatusReport report = StatusReader.read(cluster, processes);
        add("status.txt", StatusText.of(report));
        return add("status.json", Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(report));
    }

    private boolean objects(ResourceKind kind, String namespace) {
        for (JsonNode item : cluster.api().list(kind.path(namespace))) {
            ((ObjectNode) item).put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
            String name = item.path("metadata").path("name").asText();
            add(
                    "objects/" + namespace + "/" + kind.plural() + "/" + name + ".yaml",
                    ObjectText.yaml(redaction.object(item)));
        }
        return true;
    }

    private boolean events(String namespace) {
        StringBuilder text = new StringBuilder();
        for (JsonNode event : cluster.api().list(KnownKinds.EVENT.path(namespace))) {
            JsonNode about = event.path("involvedObject");
            text.append(event.path("lastTimestamp")
                            .asText(event.path("eventTime").asText("")))
                    .append("  ")
                    .append(event.path("type").asText())
                    .append("  ")
                    .append(about.path("kind").asText())
                    .append('/')
                    .append(about.path("name").asText())
                    .append("  ")
                    .append(event.path("reason").asText())
                    .append("  ")
                    .append(event.path("message").asText().replace('\n', ' '))
                    .append('\n');
        }
        return add("events/" + namespace + ".txt", text.toString());
    }

    private void logs(JsonNode pod) {
        String namespace = pod.path("metadata").path("namespace").asText();
        String name = pod.path("metadata").path("name").asText();
        for (JsonNode container : pod.path("spec").path("containers")) {
            String which = container.path("name").asText();
            String path = KnownKinds.POD.path(namespace, name) + "/log?container=" + Api.encoded(which) + "&tailLines="
                    + tail;
            attempt(
                    "log of " + name + "/" + which,
                    () -> add(
                            "logs/" + namespace + "/" + name + "/" + which + ".log",
                            cluster.api().text(path)),
                    false);
        }
    }

    private void clusterLog() {
        if (processes == null) {
            return;
        }
        Path log = processes.home().path().resolve("cluster.log");
        if (Files.isReadable(log)) {
            attempt(
                    "cluster.log",
                    () -> {
                        List<String> lines = Files.readAllLines(log);
                        List<String> last = lines.subList(Math.max(0, lines.size() - tail), lines.size());
                        return add("logs/cluster.log", String.join("\n", last) + "\n");
                    },
                    false);
        }
    }

    /** Something that may fail without ending the report. */
    private interface Attempt<T extends @Nullable Object> {
        T get() throws IOException;
    }

    private <T extends @Nullable Object> T attempt(String what, Attempt<T> attempt, T otherwise) {
        try {
            return attempt.get();
        } catch (ApiRefused | CommandFailure | IOException e) {
            errors.add(what + ": " + e.getMessage());
            return otherwise;
        }
    }
}

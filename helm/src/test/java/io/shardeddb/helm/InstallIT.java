package io.shardeddb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.Settings;
import io.shardeddb.local.api.Access;
import io.shardeddb.local.api.Rights;
import io.shardeddb.operator.desired.Routers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code helm install} brings up the operator, the operator a database, and both do with the rights that they are
 * given.
 */
final class InstallIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final String OPERATOR = Rights.token(Chart.NAMESPACE, "shardeddb-operator");
    private static final String ROUTER = Rights.token("default", "shop-router");

    /** Rights that this test's short story does not use, and what does. */
    private static final Map<String, String> USED_ELSEWHERE = Map.ofEntries(
            Map.entry(
                    "shardeddatabases/finalizers update",
                    "checked by an admission plugin that the local cluster has not"),
            Map.entry("shards/finalizers update", "checked by an admission plugin that the local cluster has not"),
            Map.entry("shardeddatabases get", "held because the router's role is made of it"),
            Map.entry("pods delete", "a rolling change"),
            Map.entry("persistentvolumeclaims delete", "a claim that does not go with its StatefulSet"),
            Map.entry("configmaps get", "deletionPolicy Retain"),
            Map.entry("configmaps patch", "deletionPolicy Retain"),
            Map.entry("secrets update", "a database of an older version, and another secret"),
            Map.entry("events get", "an Event that repeats"),
            Map.entry("events patch", "an Event that repeats"),
            Map.entry("leases patch", "the client chooses between update and patch"),
            Map.entry("leases update", "the client chooses between update and patch"));

    @TempDir
    private Path home;

    @Test
    void bringsUpOperatorAndDatabaseWithTheRightsOfTheChart() throws Exception {
        Settings settings = new Settings(0, images(), Path.of("..", "local-cluster", "target", "tools"));
        try (LocalCluster cluster = LocalCluster.start(home, settings);
                KubernetesClient client = client(cluster)) {
            install(cluster, olderChart(Files.createDirectories(home.resolve("older-chart"))));
            assertThat(columns(client)).doesNotContain("Endpoint");
            awaitOperators(client);
            client.resource(Files.readString(Path.of("..", "examples", "hash.yaml")))
                    .create();
            ShardedDatabase database = awaitReady(client);
            assertServes(database);
            assertAllPodsAreRestricted(client);
            assertNothingWarnedOfAProbe(client);
            upgrade(cluster, client);
            client.resource(database).delete();
            awaitGone(client);
            assertRightsFit(cluster.rights());
            uninstall(cluster, client);
        }
    }

    /** A chart of earlier days, whose definition has one column less. */
    private static Helm olderChart(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(Chart.FOLDER)) {
            for (Path file : files.toList()) {
                Path copy = folder.resolve(Chart.FOLDER.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        Path definition = folder.resolve("files/crds/shardeddatabases.shardeddb.io.yaml");
        String now = Files.readString(definition);
        String then = now.replaceFirst(
                "(?m)^ *- jsonPath: \"\\.status\\.endpoint\"\n(?! *- ).*\n(?! *- ).*\n(?! *- ).*\n", "");
        assertThat(then.lines().count()).isEqualTo(now.lines().count() - 4);
        Files.writeString(definition, then);
        return new Helm(folder);
    }

    private static List<String> columns(KubernetesClient client) {
        return client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("shardeddatabases.shardeddb.io")
                .require()
                .getSpec()
                .getVersions()
                .getFirst()
                .getAdditionalPrinterColumns()
                .stream()
                .map(column -> column.getName())
                .toList();
    }

    private static void install(LocalCluster cluster, Helm chart) {
        Release release = chart.install()
                .withName(Chart.RELEASE)
                .withNamespace(Chart.NAMESPACE)
                .createNamespace()
                .withKubeConfig(cluster.kubeconfig())
                .set("operator.javaOptions", "-Xmx128m -XX:TieredStopAtLevel=1")
                .call();
        assertThat(release.getStatus()).isEqualTo("deployed");
        assertThat(release.getOutput()).contains("kubectl wait --for=condition=Ready");
    }

    private static void awaitOperators(KubernetesClient client) {
        await("both operators are ready")
                .atMost(LONG)
                .untilAsserted(() -> assertThat(client.apps()
                                .deployments()
                                .inNamespace(Chart.NAMESPACE)
                                .withName("shardeddb-operator")
                                .get()
                                .getStatus()
                                .getReadyReplicas())
                        .isEqualTo(2));
    }

    private static ShardedDatabase awaitReady(KubernetesClient client) {
        await("the database is ready")
                .atMost(LONG)
                .untilAsserted(() -> assertThat(
                                JSON.valueToTree(shop(client).getStatus()).path("conditions"))
                        .anySatisfy(condition -> {
                            assertThat(condition.path("type").asText()).isEqualTo("Ready");
                            assertThat(condition.path("status").asText())
                                    .as("%s", condition)
                                    .isEqualTo("True");
                        }));
        return shop(client);
    }

    private static ShardedDatabase shop(KubernetesClient client) {
        return client.resources(ShardedDatabase.class)
                .inNamespace("default")
                .withName("shop")
                .require();
    }

    private static void assertServes(ShardedDatabase database) throws IOException, InterruptedException {
        String endpoint =
                JSON.valueToTree(database.getStatus()).path("endpoint").asText();
        HttpResponse<String> written = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(endpoint + "/v1/tables/customers/rows"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"customer\": \"ann\", \"city\": \"Ulm\", \"since\": \"2026-01-01\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(written.statusCode()).as(written.body()).isIn(200, 201);
    }

    private static void assertAllPodsAreRestricted(KubernetesClient client) {
        List<Pod> pods = client.pods().inAnyNamespace().list().getItems();
        assertThat(pods).hasSize(2 + 3 + 1);
        for (Pod pod : pods) {
            assertThat(PodSecurity.violations(pod.getSpec()))
                    .as(pod.getMetadata().getName())
                    .isEmpty();
        }
    }

    /** A normal start, of the operators too, is no series of failures. Later looks may be late on a busy machine. */
    private static void assertNothingWarnedOfAProbe(KubernetesClient client) {
        assertThat(client.v1().events().inAnyNamespace().list().getItems())
                .filteredOn(event -> "Unhealthy".equals(event.getReason())
                        && event.getMessage().startsWith("Startup"))
                .extracting(event -> event.getInvolvedObject().getName() + ": " + event.getMessage())
                .isEmpty();
    }

    private static void upgrade(LocalCluster cluster, KubernetesClient client) {
        Release release = new Helm(Chart.FOLDER.toAbsolutePath())
                .upgrade()
                .withName(Chart.RELEASE)
                .withNamespace(Chart.NAMESPACE)
                .withKubeConfig(cluster.kubeconfig())
                .reuseValues()
                .set("podDisruptionBudget.enabled", false)
                .call();
        assertThat(release.getRevision()).isEqualTo("2");
        assertThat(columns(client)).as("definitions are upgraded too").contains("Endpoint");
        assertThat(client.policy()
                        .v1()
                        .podDisruptionBudget()
                        .inNamespace(Chart.NAMESPACE)
                        .list()
                        .getItems())
                .isEmpty();
    }

    private static void awaitGone(KubernetesClient client) {
        await("nothing of the database is left").atMost(LONG).untilAsserted(() -> {
            assertThat(client.resources(ShardedDatabase.class)
                            .inAnyNamespace()
                            .list()
                            .getItems())
                    .isEmpty();
            assertThat(client.resources(Shard.class).inAnyNamespace().list().getItems())
                    .isEmpty();
            assertThat(client.pods().inNamespace("default").list().getItems()).isEmpty();
            assertThat(client.persistentVolumeClaims().inAnyNamespace().list().getItems())
                    .isEmpty();
        });
    }

    private static void uninstall(LocalCluster cluster, KubernetesClient client) {
        Helm.uninstall(Chart.RELEASE)
                .withNamespace(Chart.NAMESPACE)
                .withKubeConfig(cluster.kubeconfig())
                .call();
        await("the operators are gone")
                .atMost(LONG)
                .untilAsserted(() -> assertThat(client.pods()
                                .inNamespace(Chart.NAMESPACE)
                                .list()
                                .getItems())
                        .isEmpty());
        assertThat(client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .list()
                        .getItems())
                .as("definitions stay")
                .hasSize(2);
    }

    /** Nothing was refused, and no right is there that nothing needs. */
    private static void assertRightsFit(Rights rights) {
        assertThat(rights.refused()).isEmpty();
        List<JsonNode> operatorRules = Chart.objects(Map.of()).stream()
                .filter(o -> o.getKind().endsWith("Role")
                        && List.of("shardeddb-operator", "shardeddb-operator-lease")
                                .contains(o.getMetadata().getName()))
                .flatMap(o -> rules(o).stream())
                .toList();
        assertThat(unused(operatorRules, rights, OPERATOR)).isSubsetOf(USED_ELSEWHERE.keySet());
        assertThat(rights.used())
                .filteredOn(access -> access.user().equals(ROUTER))
                .isNotEmpty()
                .allMatch(access -> access.group().equals("shardeddb.io")
                        || access.resource().equals("configmaps"));
    }

    private static List<JsonNode> rules(HasMetadata role) {
        return List.copyOf(JSON.convertValue(
                JSON.valueToTree(role).path("rules"),
                JSON.getTypeFactory().constructCollectionType(List.class, JsonNode.class)));
    }

    private static Set<String> unused(List<JsonNode> rules, Rights rights, String user) {
        assertThat(rules).isNotEmpty();
        Set<String> unused = new TreeSet<>();
        for (JsonNode rule : rules) {
            for (JsonNode group : rule.path("apiGroups")) {
                for (JsonNode resource : rule.path("resources")) {
                    for (JsonNode verb : rule.path("verbs")) {
                        boolean seen = rights.used().stream()
                                .anyMatch(access -> access.user().equals(user)
                                        && access.group().equals(group.asText())
                                        && access.resource().equals(resource.asText())
                                        && access.verb().equals(verb.asText()));
                        if (!seen) {
                            unused.add(resource.asText() + " " + verb.asText());
                        }
                    }
                }
            }
        }
        return unused;
    }

    /** Kubernetes lets nobody hand out rights that he does not hold; the operator makes the router's role. */
    @Test
    void theOperatorHoldsWhatItHandsToRouters() {
        List<JsonNode> held = Chart.objects(Map.of()).stream()
                .filter(o -> o.getKind().equals("ClusterRole")
                        && o.getMetadata().getName().equals("shardeddb-operator"))
                .flatMap(o -> rules(o).stream())
                .toList();
        ShardedDatabase database = Serialization.unmarshal("""
            apiVersion: shardeddb.io/v1alpha1
            kind: ShardedDatabase
            metadata: {name: shop, namespace: default, uid: 0f0f0f0f-0000-4000-8000-000000000000}
            spec: {}
            """, ShardedDatabase.class);
        List<JsonNode> handed = Routers.access(database).stream()
                .filter(object -> object.getKind().equals("Role"))
                .flatMap(object -> rules(object).stream())
                .toList();
        assertThat(handed).isNotEmpty();
        for (JsonNode rule : handed) {
            for (JsonNode group : rule.path("apiGroups")) {
                for (JsonNode resource : rule.path("resources")) {
                    for (JsonNode verb : rule.path("verbs")) {
                        Access access =
                                new Access(OPERATOR, verb.asText(), group.asText(), resource.asText(), "default", "");
                        assertThat(held).as("%s", access).anyMatch(own -> Rights.allows(own, access));
                    }
                }
            }
        }
    }

    private static KubernetesClient client(LocalCluster cluster) throws IOException {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(cluster.kubeconfig())))
                .build();
    }

    private static ObjectNode images() {
        ObjectNode images = JSON.createObjectNode();
        program(images, "shardeddb/operator", "operator", "io.shardeddb.operator.Main");
        program(images, "shardeddb/shard-server", "shard-server", "io.shardeddb.server.Main");
        program(images, "shardeddb/router", "router", "io.shardeddb.router.Main");
        images.putObject("mariadb").put("kind", "mariadb");
        return images;
    }

    private static void program(ObjectNode images, String image, String module, String main) {
        Path target = Path.of("..", module, "target").toAbsolutePath().normalize();
        Path jar = target.resolve(module + "-0.1.0-SNAPSHOT.jar");
        assertThat(jar).exists();
        ObjectNode launcher = images.putObject(image);
        launcher.put("kind", "java").put("main", main);
        launcher.putArray("classPath")
                .add(jar.toString())
                .add(target.resolve("app").resolve("*").toString());
    }
}

package io.shardeddb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart renders what it says. {@code -Dhelm.write=true} writes anew what is copied or rendered. */
final class ChartTest {

    private static final boolean WRITE = Boolean.getBoolean("helm.write");
    private static final Path CRDS = Path.of("../crds/src/main/resources/crds");
    private static final Path CRD_COPIES = Chart.FOLDER.resolve("files/crds");
    private static final Path INSTALL = Path.of("manifests/install.yaml");

    @Test
    void lintFindsNothing() {
        LintResult result = Chart.helm().lint().strict().call();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("[WARNING]"));
    }

    @Test
    void definitionsAreThoseOfTheTypes() throws IOException {
        if (WRITE) {
            for (Path original : yamlFiles(CRDS)) {
                Files.writeString(CRD_COPIES.resolve(original.getFileName()), Files.readString(original));
            }
        }
        assertThat(contents(CRD_COPIES))
                .as("stale: run mvn test -pl helm -am -Dhelm.write=true and commit")
                .isNotEmpty()
                .isEqualTo(contents(CRDS));
    }

    /** Its start is waited for as a router's is: an attempt that fails would be a Warning Event. */
    @Test
    void theOperatorsStartIsWaitedForInsideOneAttempt() throws IOException {
        String router = RestrictedPodsTest.router()
                .getContainers()
                .getFirst()
                .getStartupProbe()
                .getExec()
                .getCommand()
                .getLast();
        if (WRITE) {
            Files.writeString(Chart.FOLDER.resolve("files/wait-until-ready.sh"), router.replace("5000", "8080"));
        }
        Probe startup = RestrictedPodsTest.operator().getContainers().getFirst().getStartupProbe();
        assertThat(startup.getExec().getCommand())
                .as("stale: run mvn test -pl helm -am -Dhelm.write=true and commit")
                .startsWith("sh", "-c")
                .last()
                .isEqualTo(router.replace("5000", "8080"));
        assertThat(startup.getTimeoutSeconds())
                .as("longer than the script waits")
                .isGreaterThan(55);
    }

    @Test
    void definitionsAreRenderedUnchangedButForTheKeepAnnotation() throws IOException {
        List<HasMetadata> rendered = Chart.objects(Map.of());
        for (String original : contents(CRDS).values()) {
            HasMetadata wanted = Chart.parse(original).getFirst();
            HasMetadata found = Chart.one(
                    rendered, "CustomResourceDefinition", wanted.getMetadata().getName(), HasMetadata.class);
            assertThat(found.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
            found.getMetadata().setAnnotations(wanted.getMetadata().getAnnotations());
            assertThat(tree(found)).isEqualTo(tree(wanted));
        }
    }

    @Test
    void definitionsCanBeLeftOutOrRemovedWithTheRelease() {
        assertThat(Chart.text(Map.of("crds.install", false))).doesNotContain("CustomResourceDefinition");
        assertThat(Chart.text(Map.of("crds.keep", false)))
                .contains("CustomResourceDefinition")
                .doesNotContain("helm.sh/resource-policy");
    }

    @Test
    void theManifestForKubectlIsWhatTheChartRenders() throws IOException {
        String wanted = plainManifest();
        if (WRITE) {
            Files.createDirectories(INSTALL.toAbsolutePath().getParent());
            Files.writeString(INSTALL, wanted);
        }
        assertThat(Files.exists(INSTALL) ? Files.readString(INSTALL) : "")
                .as("stale: run mvn test -pl helm -am -Dhelm.write=true and commit")
                .isEqualTo(wanted);
    }

    /** The chart without Helm's own marks, behind the definitions and the namespace. */
    private static String plainManifest() throws IOException {
        StringBuilder manifest = new StringBuilder("""
            # Everything that a cluster needs before a ShardedDatabase can be applied.
            # Rendered from the chart helm/shardeddb (mvn test -pl helm -am -Dhelm.write=true); do not edit.
            """);
        for (String definition : contents(CRDS).values()) {
            manifest.append("---\n").append(definition.strip()).append('\n');
        }
        manifest.append("""
            ---
            apiVersion: v1
            kind: Namespace
            metadata:
              name: %s
              labels:
                pod-security.kubernetes.io/enforce: restricted
            """.formatted(Chart.NAMESPACE));
        Chart.text(Map.of("crds.install", false))
                .lines()
                .filter(line -> !line.startsWith("# Source:") && !line.contains("helm.sh/chart:"))
                .map(line ->
                        line.replace("app.kubernetes.io/managed-by: Helm", "app.kubernetes.io/managed-by: kubectl"))
                .forEach(line -> manifest.append(line.stripTrailing()).append('\n'));
        return manifest.toString();
    }

    @Test
    void rightsAreConfinedToTheWatchedNamespaces() {
        String text = Chart.text(Map.of("watchNamespaces", List.of("north", "south"), "rbac.aggregate", false));
        assertThat(text).doesNotContain("kind: ClusterRole");
        List<HasMetadata> objects = Chart.parse(text);
        assertThat(objects.stream()
                        .filter(o -> o.getKind().equals("Role"))
                        .map(o -> o.getMetadata().getNamespace() + "/"
                                + o.getMetadata().getName()))
                .containsExactlyInAnyOrder(
                        "north/shardeddb-operator",
                        "south/shardeddb-operator",
                        "shardeddb-system/shardeddb-operator-lease");
        assertThat(environment(objects)).containsEntry("WATCH_NAMESPACE", "north,south");
    }

    @Test
    void imagesComeFromRegistryTagAndDigest() {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        List<HasMetadata> objects = Chart.objects(Map.of(
                "images.registry",
                "registry.example.com/db/",
                "images.server.digest",
                digest,
                "images.router.tag",
                "v7"));
        assertThat(environment(objects))
                .containsEntry("SERVER_IMAGE", "registry.example.com/db/shardeddb/shard-server@" + digest)
                .containsEntry("ROUTER_IMAGE", "registry.example.com/db/shardeddb/router:v7");
    }

    @Test
    void optionalPartsComeAndGo() {
        Map<String, Object> nothing = new TreeMap<>(Map.of(
                "podDisruptionBudget.enabled", false,
                "networkPolicy.enabled", false,
                "serviceAccount.create", false,
                "rbac.create", false,
                "admissionPolicies.enabled", false,
                "crds.install", false));
        assertThat(Chart.objects(nothing)).extracting(HasMetadata::getKind).containsExactly("Deployment");
        assertThat(Chart.objects(Map.of("serviceMonitor.enabled", true)))
                .extracting(HasMetadata::getKind)
                .contains("ServiceMonitor", "Service", "PodDisruptionBudget", "NetworkPolicy");
        assertThat(Chart.objects(Map.of())).extracting(HasMetadata::getKind).doesNotContain("ServiceMonitor");
    }

    @ParameterizedTest
    @CsvSource({
        "operator.replicas, 9",
        "operator.replica, 1",
        "images.pullPolicy, Sometimes",
        "watchNamespaces, {Not_A_Name}",
        "images.registry, no-slash",
        "administration, Closed",
        "serviceMonitor.interval, often",
    })
    void refusesValuesThatItDoesNotKnow(String value, String given) {
        assertThatThrownBy(() -> Chart.text(Map.of(value, given)))
                .hasMessageContaining("schema")
                .hasMessageContaining(value.substring(0, value.contains(".") ? value.indexOf('.') : value.length()));
    }

    @Test
    void everyValueIsExplained() throws IOException {
        String readme = Files.readString(Chart.FOLDER.resolve("README.md"));
        Map<?, ?> values = Serialization.unmarshal(Files.readString(Chart.FOLDER.resolve("values.yaml")), Map.class);
        values.forEach((section, content) -> {
            if (content instanceof Map<?, ?> fields) {
                fields.keySet().forEach(field -> assertThat(readme).contains("`" + section + "." + field + "`"));
            } else {
                assertThat(readme).contains("`" + section + "`");
            }
        });
        Matcher named =
                Pattern.compile("^\\| `([a-zA-Z.]+)` ", Pattern.MULTILINE).matcher(readme);
        while (named.find()) {
            String[] path = named.group(1).split("\\.", -1);
            Object at = values;
            for (String step : path) {
                assertThat(at instanceof Map<?, ?> fields && fields.containsKey(step))
                        .as(named.group(1))
                        .isTrue();
                at = at instanceof Map<?, ?> fields ? fields.get(step) : null;
            }
        }
    }

    private static Map<String, String> environment(List<HasMetadata> objects) {
        Map<String, String> environment = new TreeMap<>();
        Chart.one(objects, "Deployment", "shardeddb-operator", Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .forEach(variable -> environment.put(variable.getName(), String.valueOf(variable.getValue())));
        return environment;
    }

    private static Object tree(HasMetadata object) {
        return Serialization.unmarshal(Serialization.asJson(object), Map.class);
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        for (Path file : yamlFiles(folder)) {
            contents.put(file.getFileName().toString(), Files.readString(file));
        }
        return contents;
    }

    private static List<Path> yamlFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}

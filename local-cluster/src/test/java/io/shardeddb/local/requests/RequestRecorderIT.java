package io.shardeddb.local.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.shardeddb.local.tree.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records anew what {@link RecordedRequestsTest} sends: {@code -Drequests.record=true -Dkubectl=<path>}. What a client
 * prints is checked here, so that no answer is recorded with which it could do nothing.
 */
@EnabledIfSystemProperty(
        named = "requests.record",
        matches = "true",
        disabledReason = "records, tests nothing: only with -Drequests.record=true")
final class RequestRecorderIT {
    private static final Path FOLDER = Path.of("src", "test", "resources", "requests");
    private static final Path CHART = Path.of("src", "test", "resources", "chart");

    @TempDir
    private Path folder;

    private final Tape tape = new Tape();

    @Test
    void kubectl() throws Exception {
        String program = System.getProperty("kubectl", "kubectl");
        try (BareApi api = new BareApi(folder, tape)) {
            assertThat(api.address()).isNotEmpty();
            Kubectl kubectl = new Kubectl(program, folder, tape);
            String version = Tree.at(Tree.parse(kubectl.quietly("version", "--client", "-o", "json")), "clientVersion")
                    .path("minor")
                    .asText();
            try {
                Stories.all(kubectl);
            } finally {
                tape.save(FOLDER.resolve("kubectl-1." + version + ".http"));
            }
        }
    }

    @Test
    void fabric8() throws Exception {
        try (BareApi api = new BareApi(folder, tape);
                KubernetesClient client = client()) {
            assertThat(api.address()).isNotEmpty();
            client.resource(Stories.GADGETS).serverSideApply();
            tape.story("create, get, edit, replace a stale copy");
            GenericKubernetesResource made = gadgets(client, "a", 3).create();
            client.resource(made).get();
            client.resource(made).edit(g -> {
                g.<Map<String, Object>>get("spec").put("size", 4);
                return g;
            });
            made.<Map<String, Object>>get("spec").put("size", 5);
            assertThatThrownBy(() -> client.resource(made).update()).hasMessageContaining("has been modified");
            tape.story("status on its own path");
            GenericKubernetesResource now = client.resource(made).get();
            now.setAdditionalProperty("status", Map.of("size", 4));
            client.resource(now).updateStatus();
            tape.story("server-side apply: a conflict, forced");
            PatchContext.Builder apply = new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager("other");
            assertThatThrownBy(() -> gadgets(client, "a", 6).patch(apply.build()))
                    .hasMessageContaining("conflict");
            gadgets(client, "a", 6).patch(apply.withForce(true).build());
            tape.story("dry run, refusals");
            gadgets(client, "dry", 1).dryRun(true).create();
            assertThatThrownBy(() -> gadgets(client, "bad", 13).create()).hasMessageContaining("bad luck");
            lists(client);
            tape.story("an informer");
            var informer = client.configMaps().withLabel("many", "yes").inform();
            try (informer) {
                await().until(() -> informer.getIndexer().list().size() == 5);
                client.configMaps().withName("many-0").delete();
                await().until(() -> informer.getIndexer().list().size() == 4);
            }
            await().until(() -> tape.ended() == tape.watches());
            tape.story("scale, delete");
            client.genericKubernetesResources("test.io/v1", "Gadget")
                    .withName("a")
                    .scale(7);
            client.genericKubernetesResources("test.io/v1", "Gadget")
                    .withName("a")
                    .delete();
            tape.save(FOLDER.resolve("fabric8.http"));
        }
    }

    private static Resource<GenericKubernetesResource> gadgets(KubernetesClient client, String name, int size) {
        return client.genericKubernetesResources("test.io/v1", "Gadget")
                .load(new ByteArrayInputStream(
                        Stories.gadget(name, "{size: " + size + "}").getBytes(StandardCharsets.UTF_8)));
    }

    private void lists(KubernetesClient client) {
        tape.story("lists in pages, by label and field");
        for (int i = 0; i < 5; i++) {
            ConfigMap map = new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("many-" + i)
                    .addToLabels("many", "yes")
                    .endMetadata()
                    .build();
            client.resource(map).create();
        }
        var first = client.configMaps()
                .withLabel("many")
                .list(new ListOptionsBuilder().withLimit(2L).build());
        client.configMaps()
                .withLabel("many")
                .list(new ListOptionsBuilder()
                        .withLimit(2L)
                        .withContinue(first.getMetadata().getContinue())
                        .build());
        client.configMaps()
                .withLabelIn("many", "yes", "perhaps")
                .withField("metadata.name", "many-3")
                .list();
    }

    @Test
    void helm() throws Exception {
        try (BareApi api = new BareApi(folder, tape)) {
            assertThat(api.address()).isNotEmpty();
            Path kubeconfig = folder.resolve("kubeconfig");
            tape.story("helm install");
            new Helm(CHART)
                    .install()
                    .withName("things")
                    .withNamespace("fresh")
                    .createNamespace()
                    .withKubeConfig(kubeconfig)
                    .call();
            tape.story("helm list");
            assertThat(Helm.list()
                            .withNamespace("fresh")
                            .withKubeConfig(kubeconfig)
                            .call())
                    .hasSize(1);
            tape.story("helm upgrade");
            new Helm(CHART)
                    .upgrade()
                    .withName("things")
                    .withNamespace("fresh")
                    .withKubeConfig(kubeconfig)
                    .set("colour", "green")
                    .call();
            tape.story("helm uninstall");
            Helm.uninstall("things")
                    .withNamespace("fresh")
                    .withKubeConfig(kubeconfig)
                    .call();
            tape.save(FOLDER.resolve("helm-3.http"));
        }
    }

    private KubernetesClient client() throws IOException {
        Config config = Config.fromKubeconfig(Files.readString(folder.resolve("kubeconfig")));
        config.setNamespace("default");
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}

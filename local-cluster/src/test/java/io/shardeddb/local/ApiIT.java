package io.shardeddb.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API as the fabric8 client sees it. */
class ApiIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final ResourceDefinitionContext WIDGETS = new ResourceDefinitionContext.Builder()
            .withGroup("test.io")
            .withVersion("v1")
            .withKind("Widget")
            .withPlural("widgets")
            .withNamespaced(true)
            .build();

    @TempDir
    static Path home;

    private static LocalCluster cluster;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws IOException {
        cluster = LocalCluster.start(home, Clusters.settings());
        client = Clusters.client(cluster);
        load("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.test.io}
                spec:
                  group: test.io
                  scope: Namespaced
                  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    subresources:
                      status: {}
                      scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}
                    additionalPrinterColumns:
                    - {name: Size, type: integer, jsonPath: .spec.size}
                    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
                    schema:
                      openAPIV3Schema:
                        type: object
                        required: [spec]
                        properties:
                          spec:
                            type: object
                            required: [size]
                            x-kubernetes-validations:
                            - {rule: 'self.size != 13', message: 'thirteen brings bad luck'}
                            - {rule: 'self.size >= oldSelf.size', message: 'a widget never shrinks'}
                            properties:
                              size: {type: integer, minimum: 1, maximum: 100}
                              colour: {type: string, enum: [red, green], default: red}
                              note: {type: string}
                              parts:
                                type: array
                                x-kubernetes-list-type: map
                                x-kubernetes-list-map-keys: [name]
                                items:
                                  type: object
                                  required: [name]
                                  properties:
                                    name: {type: string, pattern: '^[a-z]+$'}
                                    weight: {type: number}
                          status:
                            type: object
                            properties:
                              size: {type: integer}
                              conditions:
                                type: array
                                x-kubernetes-list-type: map
                                x-kubernetes-list-map-keys: [type]
                                items:
                                  type: object
                                  required: [type]
                                  properties:
                                    type: {type: string}
                                    status: {type: string}
                """);
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        cluster.close();
    }

    private static void load(String yaml) {
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .create();
    }

    private static GenericKubernetesResource widget(String name, String spec) {
        String yaml = """
                apiVersion: test.io/v1
                kind: Widget
                metadata: {name: %s, namespace: default}
                spec: %s
                """.formatted(name, spec);
        return client.genericKubernetesResources(WIDGETS)
                .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .item();
    }

    private static GenericKubernetesResource apply(String manager, boolean force, GenericKubernetesResource widget) {
        return client.resource(widget)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(manager)
                        .withForce(force)
                        .build());
    }

    private static GenericKubernetesResource get(String name) {
        return client.genericKubernetesResources(WIDGETS).withName(name).get();
    }

    @Test
    void defaultsPrunesAndCountsGenerations() {
        GenericKubernetesResource made =
                client.resource(widget("plain", "{size: 3, unknown: 1}")).create();
        assertThat(made.<String>get("spec", "colour")).isEqualTo("red");
        assertThat(made.<Object>get("spec", "unknown")).isNull();
        assertThat(made.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(made.getMetadata().getUid()).isNotBlank();

        GenericKubernetesResource edited = client.genericKubernetesResources(WIDGETS)
                .withName("plain")
                .edit(w -> {
                    w.<Map<String, Object>>get("spec").put("size", 4);
                    return w;
                });
        assertThat(edited.getMetadata().getGeneration()).isEqualTo(2);

        edited.setAdditionalProperty("status", Map.of("size", 4));
        GenericKubernetesResource updated = client.resource(edited).updateStatus();
        assertThat(updated.getMetadata().getGeneration()).isEqualTo(2);
        assertThat(updated.<Integer>get("status", "size")).isEqualTo(4);

        updated.<Map<String, Object>>get("status").put("size", 5);
        GenericKubernetesResource ignored = client.resource(updated).update();
        assertThat(ignored.<Integer>get("status", "size"))
                .as("status has its own path")
                .isEqualTo(4);
        assertThat(ignored.getMetadata().getResourceVersion())
                .as("nothing changed")
                .isEqualTo(updated.getMetadata().getResourceVersion());
    }

    @Test
    void refusesWhatSchemaAndRulesForbid() {
        assertThatThrownBy(() -> client.resource(widget("bad", "{size: 13, colour: blue}"))
                        .create())
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(422);
                    assertThat(e.getMessage()).contains("spec.colour: Unsupported value: \"blue\"");
                });
        assertThatThrownBy(() -> client.resource(widget("bad", "{size: 13}")).create())
                .hasMessageContaining("spec: Invalid value: \"object\": thirteen brings bad luck");
        assertThatThrownBy(() -> client.resource(widget("bad", "{size: 1, parts: [{name: A1}]}"))
                        .create())
                .hasMessageContaining("spec.parts[0].name in body should match '^[a-z]+$'");
        client.resource(widget("shrinks", "{size: 5}")).create();
        assertThatThrownBy(() -> client.genericKubernetesResources(WIDGETS)
                        .withName("shrinks")
                        .edit(w -> {
                            w.<Map<String, Object>>get("spec").put("size", 4);
                            return w;
                        }))
                .hasMessageContaining("a widget never shrinks");
    }

    @Test
    void detectsLostUpdates() {
        GenericKubernetesResource first =
                client.resource(widget("twice", "{size: 1}")).create();
        client.genericKubernetesResources(WIDGETS).withName("twice").edit(w -> {
            w.<Map<String, Object>>get("spec").put("size", 2);
            return w;
        });
        first.<Map<String, Object>>get("spec").put("size", 3);
        assertThatThrownBy(() -> client.resource(first).update())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));
    }

    @Test
    void tracksWhoAppliedWhat() {
        apply("alice", false, widget("shared", "{size: 2, note: hers, parts: [{name: a, weight: 1}]}"));
        String before = get("shared").getMetadata().getResourceVersion();
        apply("alice", false, widget("shared", "{size: 2, note: hers, parts: [{name: a, weight: 1}]}"));
        assertThat(get("shared").getMetadata().getResourceVersion())
                .as("the same again changes nothing")
                .isEqualTo(before);

        apply("bob", false, widget("shared", "{size: 2, parts: [{name: b, weight: 2}]}"));
        assertThat(get("shared").<List<?>>get("spec", "parts")).hasSize(2);

        assertThatThrownBy(() -> apply("bob", false, widget("shared", "{size: 3}")))
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(409);
                    assertThat(e.getMessage()).contains("conflict with \"alice\": .spec.size");
                });
        apply("bob", true, widget("shared", "{size: 3}"));
        assertThat(get("shared").<Integer>get("spec", "size")).isEqualTo(3);
        assertThat(get("shared").<List<?>>get("spec", "parts"))
                .as("bob wants his part no more")
                .hasSize(1);

        apply("alice", false, widget("shared", "{size: 3}"));
        assertThat(get("shared").<Object>get("spec", "note")).isNull();
        assertThat(get("shared").<Object>get("spec", "parts")).isNull();
        assertThat(get("shared").<String>get("spec", "colour")).isEqualTo("red");
    }

    @Test
    void appliesStatusUnderItsOwnManager() {
        client.resource(widget("state", "{size: 2}")).create();
        GenericKubernetesResource status = widget("state", "{size: 99}");
        status.setAdditionalProperty(
                "status", Map.of("conditions", List.of(Map.of("type", "Ready", "status", "True"))));
        GenericKubernetesResource result = client.resource(status)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("operator")
                        .withForce(true)
                        .build());
        assertThat(result.<Integer>get("spec", "size")).isEqualTo(2);
        assertThat(result.<List<?>>get("status", "conditions")).hasSize(1);
        assertThat(result.getMetadata().getManagedFields()).anySatisfy(entry -> {
            assertThat(entry.getManager()).isEqualTo("operator");
            assertThat(entry.getSubresource()).isEqualTo("status");
        });
    }

    @Test
    void scalesThroughTheSubresource() {
        client.resource(widget("scaled", "{size: 2}")).create();
        client.genericKubernetesResources(WIDGETS).withName("scaled").scale(7);
        assertThat(get("scaled").<Integer>get("spec", "size")).isEqualTo(7);
    }

    @Test
    void informsWatchersInOrderAndResumes() throws InterruptedException {
        List<String> seen = new CopyOnWriteArrayList<>();
        Watcher<ConfigMap> watcher = new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap map) {
                seen.add(action + " " + map.getMetadata().getName());
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("closed");
            }
        };
        String revision = client.configMaps().list().getMetadata().getResourceVersion();
        ConfigMap map = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("watched")
                .addToLabels("watch", "me")
                .endMetadata()
                .addToData("a", "1")
                .build();
        client.resource(map).create();
        try (var watch = client.configMaps()
                .withLabel("watch", "me")
                .withResourceVersion(revision)
                .watch(watcher)) {
            assertThat(watch).isNotNull();
            client.configMaps()
                    .withName("watched")
                    .edit(m -> new ConfigMapBuilder(m).addToData("b", "2").build());
            client.configMaps()
                    .withName("watched")
                    .edit(m -> new ConfigMapBuilder(m)
                            .editMetadata()
                            .removeFromLabels("watch")
                            .endMetadata()
                            .build());
            await().atMost(SOON)
                    .until(() -> seen.equals(List.of("ADDED watched", "MODIFIED watched", "DELETED watched")));
        }
    }

    @Test
    void informerSurvivesAForgottenRevision() {
        var informer = client.configMaps().withLabel("many", "yes").inform();
        try (informer) {
            for (int i = 0; i < 30; i++) {
                client.resource(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName("many-" + i)
                                .addToLabels("many", "yes")
                                .endMetadata()
                                .build())
                        .create();
            }
            await().atMost(SOON).until(() -> informer.getIndexer().list().size() == 30);
        }
    }

    @Test
    void deletesDependentsInBackgroundAndForeground() {
        for (String policy : new String[] {"Background", "Foreground", "Orphan"}) {
            String name = "owner-" + policy.toLowerCase(java.util.Locale.ROOT);
            ConfigMap owner = client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .build())
                    .create();
            client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(name + "-child")
                            .addNewOwnerReference()
                            .withApiVersion("v1")
                            .withKind("ConfigMap")
                            .withName(name)
                            .withUid(owner.getMetadata().getUid())
                            .withBlockOwnerDeletion(true)
                            .endOwnerReference()
                            .endMetadata()
                            .build())
                    .create();
            List<StatusDetails> details = client.configMaps()
                    .withName(name)
                    .withPropagationPolicy(io.fabric8.kubernetes.api.model.DeletionPropagation.valueOf(
                            policy.toUpperCase(java.util.Locale.ROOT)))
                    .delete();
            assertThat(details).isNotEmpty();
            await().atMost(SOON).until(() -> client.configMaps().withName(name).get() == null);
            if (policy.equals("Orphan")) {
                assertThat(client.configMaps()
                                .withName(name + "-child")
                                .get()
                                .getMetadata()
                                .getOwnerReferences())
                        .isEmpty();
            } else {
                await().atMost(SOON)
                        .until(() ->
                                client.configMaps().withName(name + "-child").get() == null);
            }
        }
    }

    @Test
    void waitsForFinalizers() {
        GenericKubernetesResource widget = widget("held", "{size: 1}");
        widget.getMetadata().setFinalizers(List.of("test.io/hold"));
        client.resource(widget).create();
        client.genericKubernetesResources(WIDGETS).withName("held").delete();
        assertThat(get("held").getMetadata().getDeletionTimestamp()).isNotBlank();
        client.genericKubernetesResources(WIDGETS).withName("held").edit(w -> {
            w.getMetadata().setFinalizers(List.of());
            return w;
        });
        assertThat(get("held")).isNull();
    }

    @Test
    void emptiesANamespaceBeforeItGoes() {
        load("apiVersion: v1\nkind: Namespace\nmetadata: {name: short-lived}");
        load("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: inside, namespace: short-lived}");
        client.namespaces().withName("short-lived").delete();
        await().atMost(SOON)
                .until(() -> client.namespaces().withName("short-lived").get() == null);
        assertThat(client.configMaps().inNamespace("short-lived").list().getItems())
                .isEmpty();
        assertThatThrownBy(
                        () -> load("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: late, namespace: short-lived}"))
                .hasMessageContaining("namespaces \"short-lived\" not found");
    }

    @Test
    void pagesLongLists() {
        for (int i = 0; i < 5; i++) {
            load("apiVersion: v1\nkind: Secret\nmetadata: {name: page-" + i + ", labels: {paged: 'yes'}}");
        }
        var first = client.secrets()
                .withLabel("paged", "yes")
                .list(new io.fabric8.kubernetes.api.model.ListOptionsBuilder()
                        .withLimit(2L)
                        .build());
        assertThat(first.getItems()).hasSize(2);
        var rest = client.secrets()
                .withLabel("paged", "yes")
                .list(new io.fabric8.kubernetes.api.model.ListOptionsBuilder()
                        .withContinue(first.getMetadata().getContinue())
                        .build());
        assertThat(rest.getItems()).hasSize(3);
        assertThat(client.secrets()
                        .withLabelIn("paged", "yes", "no")
                        .withField("metadata.name", "page-3")
                        .list()
                        .getItems())
                .hasSize(1);
    }
}

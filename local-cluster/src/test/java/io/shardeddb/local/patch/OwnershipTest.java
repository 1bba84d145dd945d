package io.shardeddb.local.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private static final MergeType SERVICE = MergeTypes.of(new Kinds().builtIn("services"));
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static ObjectNode yaml(String text) throws IOException {
        return (ObjectNode) Tree.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Ownership.Writer manager(String name, boolean apply) {
        return new Ownership.Writer(name, apply, "v1", "", NOW);
    }

    private static ObjectNode apply(JsonNode live, String name, String config) throws IOException {
        Ownership.Applied applied = Ownership.apply(live, yaml(config), SERVICE, manager(name, true), false);
        assertThat(applied.conflicts()).isEmpty();
        return applied.object();
    }

    private static ObjectNode content(ObjectNode object) {
        ObjectNode content = object.deepCopy();
        Tree.child(content, "metadata").remove("managedFields");
        return content;
    }

    @Test
    void anUpdateOwnsWhatItChangedAndNothingBesides() throws IOException {
        ObjectNode before = apply(Tree.object(), "a", """
                apiVersion: v1
                kind: Service
                metadata: {name: s, labels: {x: '1'}}
                spec: {type: ClusterIP, ports: [{name: web, port: 80}], selector: {app: s}}
                """);
        ObjectNode after = before.deepCopy();
        Tree.child(after, "spec").put("type", "NodePort");
        Ownership.update(before, after, SERVICE, manager("b", false));
        JsonNode managed = Tree.at(after, "metadata", "managedFields");
        assertThat(managed.get(0).path("fieldsV1").path("f:spec").has("f:type")).isFalse();
        assertThat(managed.get(1).path("fieldsV1")).isEqualTo(yaml("f:spec: {f:type: {}}"));
    }

    @Test
    void writesFieldsAsKubernetesDoes() throws IOException {
        ObjectNode object = apply(Tree.object(), "a", """
                apiVersion: v1
                kind: Service
                metadata: {name: s, labels: {x: '1'}, finalizers: [f]}
                spec: {ports: [{name: web, port: 80}], selector: {app: s}}
                """);
        assertThat(Tree.at(object, "metadata", "managedFields").get(0)).isEqualTo(yaml("""
                manager: a
                operation: Apply
                apiVersion: v1
                time: '2026-01-02T03:04:05Z'
                fieldsType: FieldsV1
                fieldsV1:
                  f:metadata: {f:finalizers: {'v:"f"': {}}, f:labels: {f:x: {}}}
                  f:spec:
                    f:ports:
                      'k:{"port":80,"protocol":"TCP"}': {.: {}, f:name: {}, f:port: {}}
                    f:selector: {}
                """));
    }

    @Test
    void removesWhatNobodyWantsAnyMore() throws IOException {
        ObjectNode first = apply(Tree.object(), "a", "metadata: {labels: {x: '1', y: '2'}}\nspec: {type: ClusterIP}");
        ObjectNode second = apply(first, "b", "metadata: {labels: {y: '2', z: '3'}}");
        ObjectNode third = apply(second, "a", "spec: {type: ClusterIP}");
        assertThat(content(third)).isEqualTo(yaml("metadata: {labels: {y: '2', z: '3'}}\nspec: {type: ClusterIP}"));
        ObjectNode fourth = apply(third, "b", "metadata: {labels: {z: '3'}}");
        assertThat(content(fourth)).isEqualTo(yaml("metadata: {labels: {z: '3'}}\nspec: {type: ClusterIP}"));
    }

    @Test
    void keepsAnItemAsLongAsSomeoneHoldsPartOfIt() throws IOException {
        ObjectNode first = apply(Tree.object(), "a", "spec: {ports: [{port: 80, name: web}]}");
        ObjectNode second = apply(first, "b", "spec: {ports: [{port: 80, protocol: TCP, nodePort: 3}]}");
        ObjectNode third = apply(second, "a", "spec: {type: ClusterIP}");
        assertThat(content(third).path("spec").path("ports")).hasSize(1);
        assertThat(content(third).path("spec").path("ports").get(0).has("name")).isFalse();
        ObjectNode fourth = apply(third, "b", "metadata: {labels: {q: '1'}}");
        assertThat(content(fourth).path("spec").has("ports")).isFalse();
    }

    @Test
    void sharesEqualValuesAndReportsDifferentOnes() throws IOException {
        ObjectNode first = apply(Tree.object(), "a", "spec: {type: ClusterIP, sessionAffinity: None}");
        ObjectNode second = apply(first, "b", "spec: {type: ClusterIP}");
        Ownership.Applied refused = Ownership.apply(
                second, yaml("spec: {type: NodePort, sessionAffinity: ClientIP}"), SERVICE, manager("b", true), false);
        assertThat(refused.conflicts())
                .extracting(Ownership.Conflict::manager, Ownership.Conflict::field)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("a", ".spec.type"),
                        org.assertj.core.groups.Tuple.tuple("a", ".spec.sessionAffinity"));
        Ownership.Applied forced =
                Ownership.apply(second, yaml("spec: {type: NodePort}"), SERVICE, manager("b", true), true);
        assertThat(forced.conflicts()).isEmpty();
        ObjectNode afterwards = apply(forced.object(), "a", "spec: {sessionAffinity: None}");
        assertThat(content(afterwards)).isEqualTo(yaml("metadata: {}\nspec: {type: NodePort, sessionAffinity: None}"));
    }

    @Test
    void anUpdateTakesTheFieldsItChanges() throws IOException {
        ObjectNode first = apply(Tree.object(), "a", "spec: {type: ClusterIP, sessionAffinity: None}");
        ObjectNode edited = first.deepCopy();
        Tree.child(edited, "spec").put("type", "NodePort");
        Ownership.update(first, edited, SERVICE, manager("editor", false));
        Ownership.Applied refused = Ownership.apply(
                edited, yaml("spec: {type: ClusterIP, sessionAffinity: None}"), SERVICE, manager("a", true), false);
        assertThat(refused.conflicts())
                .extracting(Ownership.Conflict::manager, Ownership.Conflict::field)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("editor", ".spec.type"));
    }

    @Test
    void fieldSetsSurviveTheirFormat() throws IOException {
        ObjectNode fields = yaml("f:a: {.: {}, f:b: {}}\nf:l: {'k:{\"name\":\"x\"}': {.: {}, f:v: {}}}");
        FieldSet set = FieldSet.parse(fields);
        assertThat(set.toJson()).isEqualTo(fields);
        assertThat(set.describe()).containsExactly(".a", ".a.b", ".l[name=\"x\"]", ".l[name=\"x\"].v");
        assertThat(set.minus(set).isEmpty()).isTrue();
        assertThat(set.union(FieldSet.empty())).isEqualTo(set);
        assertThat(set.intersection(set)).isEqualTo(set);
    }

    @Test
    void refusesAListThatNamesAnItemTwice() throws IOException {
        ObjectNode twice = yaml("""
                apiVersion: v1
                kind: Service
                metadata: {name: s}
                spec: {ports: [{name: web, port: 80}, {name: other, port: 80}]}
                """);
        assertThatThrownBy(() -> Ownership.refuseDuplicates(twice, SERVICE))
                .isInstanceOf(InvalidPatch.class)
                .hasMessageContaining(".spec.ports: duplicate entries for key");
    }
}

package io.shardeddb.local.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PatchesTest {
    private static final MergeType DEPLOYMENT = MergeTypes.of(new Kinds().builtIn("deployments.apps"));

    private static JsonNode yaml(String text) throws IOException {
        return Tree.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void mergePatchRemovesByNullAndReplacesLists() throws IOException {
        assertThat(MergePatch.apply(yaml("a: {b: 1, c: 2}\nl: [1, 2]"), yaml("a: {b: null, d: 3}\nl: [9]")))
                .isEqualTo(yaml("a: {c: 2, d: 3}\nl: [9]"));
    }

    @Test
    void jsonPatchDoesAllOperationsOrNone() throws Exception {
        JsonNode before = yaml("a: [1, 2]\nb: {c: 3}");
        JsonNode patch = yaml("""
                - {op: test, path: /b/c, value: 3}
                - {op: add, path: /a/1, value: 9}
                - {op: add, path: /a/-, value: 8}
                - {op: move, from: /b/c, path: /d}
                - {op: copy, from: /a/0, path: /e}
                - {op: remove, path: /a/0}
                - {op: replace, path: /a/0, value: 7}
                """);
        assertThat(JsonPatch.apply(before, patch)).isEqualTo(yaml("a: [7, 2, 8]\nb: {}\nd: 3\ne: 1"));
        assertThat(before).as("the target is not touched").isEqualTo(yaml("a: [1, 2]\nb: {c: 3}"));
        assertThatThrownBy(() -> JsonPatch.apply(before, yaml("- {op: test, path: /b/c, value: 4}")))
                .isInstanceOf(InvalidPatch.class)
                .hasMessageContaining("/b/c");
        assertThatThrownBy(() -> JsonPatch.apply(before, yaml("- {op: replace, path: /x, value: 4}")))
                .hasMessageContaining("/x does not exist");
        assertThatThrownBy(() -> JsonPatch.apply(before, yaml("- {op: add, path: /a/7, value: 4}")))
                .hasMessageContaining("out of bounds");
    }

    @Test
    void strategicMergePatchMatchesItemsByKey() throws Exception {
        JsonNode before = yaml("""
                spec:
                  template:
                    spec:
                      containers:
                      - {name: a, image: one, env: [{name: X, value: '1'}, {name: Y, value: '2'}]}
                      - {name: b, image: two}
                """);
        JsonNode patch = yaml("""
                spec:
                  template:
                    spec:
                      $setElementOrder/containers: [{name: b}, {name: a}]
                      containers:
                      - {name: a, env: [{name: X, $patch: delete}, {name: Z, value: '3'}]}
                      - {name: b, image: three}
                """);
        assertThat(StrategicMergePatch.apply(before, patch, DEPLOYMENT)).isEqualTo(yaml("""
                spec:
                  template:
                    spec:
                      containers:
                      - {name: b, image: three}
                      - {name: a, image: one, env: [{name: Y, value: '2'}, {name: Z, value: '3'}]}
                """));
    }

    @Test
    void strategicMergePatchReplacesWhenTold() throws Exception {
        JsonNode before = yaml("metadata: {finalizers: [a, b], labels: {x: '1', y: '2'}}");
        JsonNode patch = yaml("""
                metadata:
                  $deleteFromPrimitiveList/finalizers: [a]
                  labels: {$patch: replace, z: '3'}
                """);
        assertThat(StrategicMergePatch.apply(before, patch, DEPLOYMENT))
                .isEqualTo(yaml("metadata: {finalizers: [b], labels: {z: '3'}}"));
        assertThatThrownBy(() -> StrategicMergePatch.apply(
                        before, yaml("spec: {template: {spec: {containers: [{image: x}]}}}"), DEPLOYMENT))
                .hasMessageContaining("merge key \"name\"");
    }
}

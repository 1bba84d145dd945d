package io.shardeddb.local.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelFieldsTest {

    private static ObjectNode yaml(String text) throws IOException {
        return (ObjectNode) Tree.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyBuiltInKindHasAModel() {
        assertThat(new Kinds().all())
                .filteredOn(kind -> !kind.group().equals("events.k8s.io"))
                .isNotEmpty()
                .allSatisfy(kind -> assertThat(ModelFields.model(kind.group(), kind.version(), kind.kind()))
                        .as(kind.resource())
                        .isNotNull());
    }

    @Test
    void dropsWhatAKindDoesNotHaveAndSaysWhere() throws IOException {
        ObjectNode pod = yaml("""
                metadata: {name: p, colour: red, labels: {any: thing}}
                spec:
                  containers:
                  - {name: a, imagePullPolicie: Always, resources: {limits: {cpu: 1, memory: 1Gi}}}
                  - {name: b, livenessProbe: {httpGet: {port: http, pathh: /}}}
                  volumes: [{name: v, emptyDir: {}, emptydir: {}}]
                """);
        Kind pods = new Kinds().builtIn("pods");
        List<String> dropped = ModelFields.prune(pods.group(), pods.version(), pods.kind(), pod);
        assertThat(dropped)
                .containsExactlyInAnyOrder(
                        "metadata.colour",
                        "spec.containers[0].imagePullPolicie",
                        "spec.containers[1].livenessProbe.httpGet.pathh",
                        "spec.volumes[0].emptydir");
        assertThat(pod).isEqualTo(yaml("""
                metadata: {name: p, labels: {any: thing}}
                spec:
                  containers:
                  - {name: a, resources: {limits: {cpu: 1, memory: 1Gi}}}
                  - {name: b, livenessProbe: {httpGet: {port: http}}}
                  volumes: [{name: v, emptyDir: {}}]
                """));
    }

    @Test
    void keepsWhatTakesAnyForm() throws IOException {
        String definition = """
                metadata: {name: d}
                spec:
                  versions:
                  - name: v1
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          a: {type: string, default: {x: 1}, enum: [b], x-kubernetes-validations: [{rule: 'true'}]}
                          m: {type: object, additionalProperties: {type: integer}}
                          p: {type: object, x-kubernetes-preserve-unknown-fields: true}
                          l: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object}}
                          i: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                    additionalPrinterColumns: [{name: A, type: date, jsonPath: .x, priority: 1}]
                    subresources: {status: {}, scale: {specReplicasPath: .a, statusReplicasPath: .b}}
                """;
        ObjectNode object = yaml(definition);
        assertThat(ModelFields.prune("apiextensions.k8s.io", "v1", "CustomResourceDefinition", object))
                .isEmpty();
        assertThat(object).isEqualTo(yaml(definition));
    }
}

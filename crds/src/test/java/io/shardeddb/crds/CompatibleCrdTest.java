package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Today's definitions accept every object that those of the last release accepted, and keep each of its fields. */
final class CompatibleCrdTest {

    private static final Path RELEASED = Path.of("src/test/resources/released/0.1.0");
    private static final Path TODAY = Path.of("src/main/resources/crds");

    /**
     * What a person judged to refuse nothing that was accepted, as the comparison says it; emptied with each release.
     */
    private static final List<String> JUDGED = List.of(
            // The fields that these speak of are new, so no object of the last release has them.
            "v1alpha1.spec: the rule '(has(self.tables) ? size(self.tables) : 0) + (has(self.collections) ?"
                    + " size(self.collections) : 0) + (has(self.keyValueSpaces) ? size(self.keyValueSpaces) : 0)"
                    + " <= 128' is new",
            "v1alpha1.spec: the rule 'self.sharding.strategy == 'Hash' || !has(self.collections) ||"
                    + " size(self.collections) == 0' is new",
            "v1alpha1.spec: the rule 'self.sharding.strategy == 'Hash' || !has(self.keyValueSpaces) ||"
                    + " size(self.keyValueSpaces) == 0' is new");

    private static JsonNode yaml(String text) {
        return Serialization.unmarshal(text, JsonNode.class);
    }

    /** A schema in block or flow style; a text that begins with a brace would be read as JSON. */
    private static JsonNode part(String text) {
        return yaml("schema:\n  " + text).path("schema");
    }

    private static List<String> compare(String before, String after) {
        return SchemaComparison.ofSchemas("spec", part(before), part(after));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shardeddatabases.shardeddb.io.yaml", "shards.shardeddb.io.yaml"})
    void todaysDefinitionTakesNothingAway(String name) throws IOException {
        JsonNode before = yaml(Files.readString(RELEASED.resolve(name)));
        JsonNode after = yaml(Files.readString(TODAY.resolve(name)));

        List<String> problems = SchemaComparison.ofDefinitions(before, after).stream()
                .filter(problem -> !JUDGED.contains(problem))
                .toList();

        assertThat(problems)
                .as("objects of the last release that %s no longer takes; see docs/versions.md", name)
                .isEmpty();
    }

    @Test
    void eachFieldOfTheRealDefinitionsIsCompared() throws IOException {
        JsonNode before = yaml(Files.readString(RELEASED.resolve("shardeddatabases.shardeddb.io.yaml")));
        JsonNode after = yaml(Files.readString(TODAY.resolve("shardeddatabases.shardeddb.io.yaml"))
                .replace("faultTolerance:", "tolerance:")
                .replace("maximum: 63.0", "maximum: 7.0"));

        assertThat(SchemaComparison.ofDefinitions(before, after))
                .contains(
                        "v1alpha1.spec.replication.faultTolerance: the field is gone",
                        "v1alpha1.spec.replication.replicas: 'maximum' was 63.0, is 7.0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: integer | type: string | spec: the type was 'integer', is 'string'",
                "type: number | type: integer | spec: the type was 'number', is 'integer'",
                "enum: [a, b] | enum: [a] | spec: the value 'b' is no longer allowed",
                "type: string | {type: string, enum: [a]} | spec: any value was allowed, now only [\"a\"]",
                "maximum: 5 | maximum: 4 | spec: 'maximum' was 5, is 4",
                "{} | maxItems: 4 | spec: 'maxItems' was absent, is 4",
                "minLength: 1 | minLength: 2 | spec: 'minLength' was 1, is 2",
                "{} | minimum: 0 | spec: 'minimum' was absent, is 0",
                "pattern: a | pattern: b | spec: 'pattern' was \"a\", is \"b\"",
                "{} | format: int32 | spec: 'format' was absent, is \"int32\"",
                "nullable: true | {} | spec: 'nullable' is no longer true",
                "{} | x-kubernetes-list-type: map | spec: 'x-kubernetes-list-type' was absent, is \"map\"",
                "{} | x-kubernetes-validations: [{rule: r}] | spec: the rule 'r' is new",
                "properties: {a: {}} | properties: {} | spec.a: the field is gone",
                "properties: {a: {}} | {properties: {a: {}}, required: [a]} | spec.a: the field is required, and was not",
                "properties: {} | {properties: {a: {}}, required: [a]} | spec.a: the field is required, and was not",
                "{properties: {a: {default: 1}}, required: [a]} | {properties: {a: {}}, required: [a]}"
                        + " | spec.a: the field is required, and was not",
                "properties: {a: {maximum: 2}} | properties: {a: {maximum: 1}} | spec.a: 'maximum' was 2, is 1",
                "items: {type: string} | items: {type: integer} | spec[]: the type was 'string', is 'integer'",
                "additionalProperties: {maximum: 2} | additionalProperties: {maximum: 1}"
                        + " | spec.*: 'maximum' was 2, is 1",
                "additionalProperties: {} | {} | spec.*: 'additionalProperties' is gone",
            })
    void whatIsTakenAwayIsSaid(String before, String after, String problem) {
        assertThat(compare(before, after)).containsExactly(problem);
        assertThat(compare(before, before)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: integer | type: number",
                "enum: [a] | enum: [a, b]",
                "enum: [a] | {}",
                "maximum: 5 | maximum: 6",
                "minimum: 5 | {}",
                "pattern: a | {}",
                "properties: {} | properties: {a: {type: string}}",
                "properties: {} | {properties: {a: {default: 1}}, required: [a]}",
                "{properties: {a: {}}, required: [a]} | properties: {a: {}}",
                "x-kubernetes-validations: [{rule: r}] | {}",
                "description: a | description: b",
            })
    void whatIsAddedIsNoProblem(String before, String after) {
        assertThat(compare(before, after)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "group: a | group: b | group: was \"a\", is \"b\"",
                "names: {kind: A} | names: {kind: B} | names/kind: was \"A\", is \"B\"",
                "names: {shortNames: [a]} | names: {} | names.shortNames: 'a' is gone",
                "versions: [{name: v1}] | versions: [{name: v2}] | v1: the version is gone",
                "versions: [{name: v1, served: true}] | versions: [{name: v1, served: false}] | v1: is no longer served",
                "versions: [{name: v1, subresources: {status: {}}}] | versions: [{name: v1}]"
                        + " | v1: the subresource 'status' is gone",
            })
    void aDefinitionKeepsItsNamesAndVersions(String before, String after, String problem) {
        JsonNode was = yaml("spec: {" + before + "}");
        assertThat(SchemaComparison.ofDefinitions(was, yaml("spec: {" + after + "}")))
                .containsExactly(problem);
        assertThat(SchemaComparison.ofDefinitions(was, was)).isEmpty();
    }
}

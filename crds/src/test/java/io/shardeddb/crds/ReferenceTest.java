package io.shardeddb.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The reference is what the definitions say, and these are what the types say. {@code -Dcrds.write=true} writes it
 * again.
 */
final class ReferenceTest {
    private static final Path DEFINITIONS = Path.of("src/main/resources/crds");
    private static final Path REFERENCE = Path.of("..", "docs", "crd-reference.md");

    @Test
    void describesTheDefinitions() throws IOException {
        StringBuilder wanted = new StringBuilder("""
                # Custom resources

                This page has all fields of the two kinds, their defaults and limits. A test writes it from the definitions
                (`mvn test -pl crds -Dcrds.write=true`), so do not edit it. `kubectl explain shardeddatabase.spec` shows the same in
                a terminal. [operations.md](operations.md) says what conditions and their reasons mean.

                """);
        for (String name : List.of("shardeddatabases", "shards")) {
            wanted.append(ReferenceText.of(Serialization.unmarshal(
                    Files.readString(DEFINITIONS.resolve(name + ".shardeddb.io.yaml")),
                    CustomResourceDefinition.class)));
        }
        String text = wanted.toString().stripTrailing() + "\n";
        if (Boolean.getBoolean("crds.write")) {
            Files.writeString(REFERENCE, text);
        }
        assertThat(REFERENCE)
                .as("stale: run mvn test -pl crds -Dcrds.write=true and commit")
                .exists()
                .hasContent(text);
    }
}

package io.shardeddb.cli.cluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestsTest {

    private static final String HEAD = """
            apiVersion: shardeddb.io/v1alpha1
            kind: ShardedDatabase
            metadata: {name: x}
            spec:
            """;

    @TempDir
    private Path folder;

    @Test
    void namesAMistypedField() throws IOException {
        assertRefused(HEAD + "  replication: {replica: 3}\n", "unknown field spec.replication.replica");
    }

    @Test
    void namesTheFieldAndTheRuleThatIsBroken() throws IOException {
        assertRefused(HEAD + """
                  shards:
                    - {name: a, low: 0, size: 10}
                    - {name: b, low: 5, size: 10}
                """, "spec.shards[1]: b [5, 15) overlaps a [0, 10)");
    }

    @Test
    void saysWhereYamlIsMalformed() throws IOException {
        assertRefused(HEAD + "  tables: [\n", "not well-formed YAML");
    }

    @Test
    void refusesAnObjectWithoutAName() throws IOException {
        assertRefused("apiVersion: v1\nkind: Secret\n", "metadata.name");
    }

    private void assertRefused(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("x.yaml"), text);
        assertThatThrownBy(() -> Manifests.read(file, "default"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(message);
    }
}

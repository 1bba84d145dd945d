package io.shardeddb.cli.cluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    void namesAColumnWhoseTypeCannotBe() throws IOException {
        String table = HEAD + "  tables: [{name: t, columns: [{name: k, type: VARCHAR(40)}], primaryKey: [k]}]\n";
        assertRefused(
                table, "spec.tables[0].columns[0].type: with strategy Range the shard key must be Number, BIGINT");
        assertRefused(table.replace("VARCHAR(40)", "Nubmer"), "spec.tables[0].columns[0].type: unknown column type");
        assertRefused(
                table.replace(", type: VARCHAR(40)", ""), "spec.tables[0].columns[0].type: unknown column type ''");
    }

    @Test
    void asksNothingNewOfATableThatIsThere() throws IOException {
        String columns = IntStream.range(0, 60)
                .mapToObj(i -> ", {name: c" + i + ", type: VARCHAR(40)}")
                .collect(Collectors.joining());
        Path file = Files.writeString(
                folder.resolve("x.yaml"),
                HEAD + "  tables: [{name: t, columns: [{name: k, type: Number}" + columns + "], primaryKey: [k]}]\n");
        ObjectNode object = Manifests.read(file, "default").getFirst();
        Manifests.refuseTables(object, Optional.of(object));
        assertThatThrownBy(() -> Manifests.refuseTables(object, Optional.empty()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("ShardedDatabase x breaks rules:")
                .hasMessageContaining("spec.tables[0].columns: the longest row takes");
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

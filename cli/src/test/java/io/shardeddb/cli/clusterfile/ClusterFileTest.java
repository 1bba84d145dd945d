package io.shardeddb.cli.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterFileTest {

    private static final String NODES =
            "nodes: [{name: a, roles: [shard, router]}, {name: b, roles: [shard]}, {name: c, roles: [shard]}]\n";

    @TempDir
    private Path folder;

    @Test
    void theExampleIsShownAsAResourceThatCanBeApplied() throws IOException {
        Path example = Repository.find().root().resolve("examples/cluster.yaml");

        Run run = Run.of("up", "--config", example.toString(), "--dry-run");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(0);
        Path shown = Files.writeString(folder.resolve("shown.yaml"), run.out());
        List<ObjectNode> read = Manifests.read(shown, "default");
        assertThat(read).hasSize(1);
        assertThat(read.getFirst().at("/spec/servers/named/2/name").asText()).isEqualTo("node3");
        assertThat(read.getFirst().at("/spec/shardCount").asInt()).isEqualTo(4);
        assertThat(read.getFirst().at("/spec/collections/0/name").asText()).isEqualTo("people");
    }

    @Test
    void whatOneMachineCannotDoIsRefusedByName() throws IOException {
        assertRefused(NODES, "name is missing");
        assertRefused("name: x\n" + NODES.replace("name: b,", "name: a,"), "nodes[1].name");
        assertRefused("name: x\n" + NODES.replace("name: b,", "name: b, port: 3307,"), "nodes[1].port");
        assertRefused("name: x\n" + NODES.replace("name: c,", "name: c, host: db3.example,"), "nodes[2].host");
        assertRefused("name: x\n" + NODES.replace("name: c,", "name: c, colour: red,"), "colour");
        assertRefused("name: x\n" + NODES.replace("[shard, router]", "[shard]"), "no node has the role router");
        assertRefused("name: x\nreplicas: 5\n" + NODES, "replicas is 5");
        assertRefused("name: x\nshards: 0\n" + NODES, "shards is 0");
    }

    @Test
    void dryRunNeedsAConfig() {
        assertThat(Run.of("up", "--dry-run").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    private void assertRefused(String text, String why) throws IOException {
        Path file = Files.writeString(folder.resolve("cluster.yaml"), text);
        Run run = Run.of("up", "--config", file.toString(), "--dry-run");
        assertThat(run.exitCode()).as(text).isEqualTo(ExitCode.DATA);
        assertThat(run.err()).contains(why);
    }
}

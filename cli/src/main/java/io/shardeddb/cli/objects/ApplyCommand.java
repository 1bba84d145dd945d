package io.shardeddb.cli.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb apply}. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Makes or changes objects from YAML or JSON files, as kubectl apply --server-side does.",
        footer = {
            "",
            "Examples:",
            "  sdb apply -f examples/hash.yaml",
            "  sdb apply -f examples/hash.yaml --context staging -n shops",
            "  sdb apply -f orders.yaml --allow 'drop orders.note'",
            "",
            "Every file is checked as a whole first: a mistyped field or a broken rule is named, and nothing changes.",
            "A field that someone else changed since (kubectl scale, the router's /add) is a conflict and is refused;",
            "--force-conflicts takes it over. See first what would change: sdb plan -f FILE"
        })
public final class ApplyCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    FileOptions files = new FileOptions();

    @Option(names = "--force-conflicts", description = "Take over fields that others manage.")
    boolean force;

    @Option(names = "--dry-run", description = "Let the API check everything and store nothing.")
    boolean dryRun;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = terminal.out();
        List<ObjectNode> objects = files.read(cluster.namespace());
        Api.Applying how = dryRun ? Api.Applying.DRY_RUN : force ? Api.Applying.FORCE : Api.Applying.REFUSE_CONFLICTS;
        try (Cluster connected = cluster.connect()) {
            for (ObjectNode object : objects) {
                Optional<JsonNode> before = connected.find(object);
                Manifests.refuseTables(object, before);
                JsonNode after = connected.apply(object, how);
                out.println(object.path("kind").asText() + " "
                        + object.path("metadata").path("name").asText() + " " + outcome(before, after)
                        + (dryRun ? " (dry run: nothing is stored)" : ""));
                if (before.isPresent() && Manifests.isDatabase(object)) {
                    TablePlan.lines(connected, before.get(), after).forEach(line -> out.println("  " + line));
                }
                out.flush();
            }
        }
        return ExitCode.OK;
    }

    private static String outcome(Optional<JsonNode> before, JsonNode after) {
        if (before.isEmpty()) {
            return "created";
        }
        JsonNode old = before.get().path("metadata").path("resourceVersion");
        return old.equals(after.path("metadata").path("resourceVersion")) ? "unchanged" : "changed";
    }
}

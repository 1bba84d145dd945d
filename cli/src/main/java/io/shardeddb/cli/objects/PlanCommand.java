package io.shardeddb.cli.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sdb plan}. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Says what sdb apply would change, and what that would mean. Changes nothing.",
        footer = {
            "",
            "Examples:",
            "  sdb plan -f examples/students.yaml",
            "  sdb plan -f orders.yaml --allow 'drop orders.note'",
            "",
            "The API is asked in a dry run, so its defaults and rules are in the answer. What is said to follow is"
                    + " computed",
            "here from the two specifications; where copies go in the end is the operator's decision at that time.",
            "Exit code 0 when nothing would change, 1 when something would, 65 when it would be refused."
        })
public final class PlanCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    FileOptions files = new FileOptions();

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = terminal.out();
        List<ObjectNode> objects = files.read(cluster.namespace());
        boolean changes = false;
        try (Cluster connected = cluster.connect()) {
            for (ObjectNode object : objects) {
                Optional<JsonNode> before = connected.find(object);
                JsonNode after = connected.apply(object, Api.Applying.DRY_RUN);
                changes |= print(connected, out, object, before.orElse(null), after);
                out.flush();
            }
        }
        return changes ? ExitCode.NEGATIVE : ExitCode.OK;
    }

    private static boolean print(
            Cluster connected, PrintWriter out, JsonNode object, @Nullable JsonNode before, JsonNode after)
            throws JsonProcessingException {
        String what = object.path("kind").asText() + " "
                + object.path("metadata").path("name").asText();
        List<SpecDifference> differences =
                before == null ? List.of() : SpecDifference.between("spec", before.path("spec"), after.path("spec"));
        boolean allows = before != null
                && !Manifests.permissions(before).equals(Manifests.permissions(after))
                && Manifests.isDatabase(object);
        if (before != null && differences.isEmpty() && !allows) {
            out.println(what + ": nothing changes in its specification");
            return false;
        }
        out.println(what + (before == null ? ": would be made" : ": would change"));
        differences.forEach(difference -> out.println("  " + difference));
        if (Manifests.isDatabase(object)) {
            Consequences consequences = TablePlan.of(connected, before, after);
            out.println("What follows (computed):");
            consequences.sentences().forEach(sentence -> out.println("  " + sentence));
            if (!consequences.refusals().isEmpty()) {
                throw new CommandFailure(
                        ExitCode.DATA,
                        what + " would be refused by the operator:\n  " + String.join("\n  ", consequences.refusals()));
            }
        }
        return true;
    }
}

package io.shardeddb.cli.shards;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.output.OutputFormat;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.status.StatusReader;
import io.shardeddb.cli.status.StatusReport.ShardState;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.protocol.wire.ReplicaStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb shards}. */
@Command(
        name = "shards",
        mixinStandardHelpOptions = true,
        description = "Lists shards with every copy: interval, leader, term, state and how far behind it is.",
        subcommands = PromoteCommand.class,
        footer = {
            "",
            "Examples:",
            "  sdb shards",
            "  sdb shards -d students --output json",
            "  sdb shards --unhealthy               only those that are not as they should be",
            "  sdb shards promote sh1 server-2      the same as sdb promote",
            "  sdb shards --quorum                  who commits their writes, by which weights, and who answered last",
            "  sdb shards sh1 --explain             where each copy of sh1 stands at this moment, what waits and why",
            "",
            "LAG counts log entries behind the leader's commit. Exit code 1 when a shard is not ready;"
                    + " with --explain, when no server that answers leads it."
        })
public final class ShardsCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = {"-d", "--database"},
            paramLabel = "NAME",
            description = "Only this database. Default: all.")
    @Nullable
    String database;

    @Parameters(arity = "0..1", paramLabel = "SHARD", description = "Only shards of this name. Default: all.")
    @Nullable
    String name;

    @Option(names = "--unhealthy", description = "Only shards that are not ready or have a copy that is not healthy.")
    boolean unhealthy;

    @Option(
            names = "--quorum",
            description =
                    "Asks the leaders who commits their writes: weights, threshold, the cabinet (who commits alone),"
                            + " and who acknowledged the last round.")
    boolean quorum;

    @Option(
            names = "--explain",
            description =
                    "Asks the servers where each copy stands: its log, what is durable, committed, certain, applied and held;"
                            + " what waits, why, and since when. The servers' pods must be reachable from here.")
    boolean explain;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json.")
    OutputFormat output = OutputFormat.TEXT;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws JsonProcessingException, InterruptedException {
        PrintWriter out = terminal.out();
        try (Cluster connected = cluster.connect()) {
            List<Shard> shards = connected.shards();
            if (database != null) {
                String name = connected.database(database).getMetadata().getName();
                shards = shards.stream()
                        .filter(shard -> shard.getSpec().database().equals(name))
                        .toList();
            }
            shards = named(shards);
            List<Shard> shown =
                    unhealthy ? shards.stream().filter(ShardsText::unhealthy).toList() : shards;
            if (quorum) {
                List<QuorumText.Quorum> quorums = quorums(connected, shown);
                out.print(output == OutputFormat.JSON ? Json.pretty(quorums) : QuorumText.of(quorums));
                out.flush();
                return quorums.stream().allMatch(each -> each.answer().has("quorum")) ? ExitCode.OK : ExitCode.NEGATIVE;
            }
            if (explain) {
                List<ShardPicture> pictures = pictures(connected, shown);
                out.print(output == OutputFormat.JSON ? Json.pretty(pictures) : PictureText.of(pictures));
                out.flush();
                return pictures.stream().allMatch(each -> each.leader() != null) ? ExitCode.OK : ExitCode.NEGATIVE;
            }
            out.print(output == OutputFormat.JSON ? json(shown) : ShardsText.of(shown));
            out.flush();
            return shards.stream()
                            .allMatch(shard -> shard.getStatus() != null
                                    && shard.getStatus().phase() == ShardPhase.Ready)
                    ? ExitCode.OK
                    : ExitCode.NEGATIVE;
        }
    }

    private List<Shard> named(List<Shard> shards) {
        if (name == null) {
            return shards;
        }
        List<Shard> named = shards.stream()
                .filter(shard -> shard.getSpec().name().equals(name))
                .toList();
        if (named.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    "there is no shard " + name + "; there are "
                            + shards.stream()
                                    .map(shard -> shard.getSpec().name())
                                    .toList());
        }
        return named;
    }

    private static List<ShardPicture> pictures(Cluster connected, List<Shard> shards) {
        List<ShardPicture> pictures = new ArrayList<>();
        Map<String, List<Shard>> byDatabase = new TreeMap<>();
        shards.forEach(shard -> byDatabase
                .computeIfAbsent(shard.getSpec().database(), each -> new ArrayList<>())
                .add(shard));
        byDatabase.forEach((database, own) -> {
            try (Servers servers = Servers.of(connected, database)) {
                Map<String, Map<String, ReplicaStatus>> said = servers.copies(own);
                own.forEach(shard -> pictures.add(ShardPicture.of(
                        database,
                        shard.getSpec().name(),
                        shard.getSpec().servers(),
                        said.getOrDefault(shard.getSpec().name(), Map.of()))));
            }
        });
        return pictures;
    }

    private static List<QuorumText.Quorum> quorums(Cluster connected, List<Shard> shards) throws InterruptedException {
        List<QuorumText.Quorum> quorums = new ArrayList<>();
        Map<String, String> endpoints = new HashMap<>();
        for (Shard shard : shards) {
            String name = shard.getSpec().database();
            String endpoint = endpoints.computeIfAbsent(name, each -> TableOptions.endpoint(connected.database(each)));
            try (RouterClient router = new RouterClient(endpoint)) {
                ObjectNode request = Json.object().put("shard", shard.getSpec().name());
                JsonNode answer =
                        router.send("POST", "/select-quorum", request, Map.of()).body();
                quorums.add(new QuorumText.Quorum(name, shard.getSpec().name(), answer));
            }
        }
        return quorums;
    }

    private static String json(List<Shard> shards) throws JsonProcessingException {
        List<Entry> entries = shards.stream()
                .map(shard -> new Entry(shard.getSpec().database(), StatusReader.shard(shard)))
                .toList();
        return Json.pretty(entries);
    }

    /** A shard as {@code sdb status} writes it, with its database. */
    record Entry(String database, ShardState shard) {}
}

package io.shardeddb.cli.objects;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.api.ResourceKind;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sdb describe}. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description = "Explains one object: what it asks for, how it stands, and what happened to it.",
        footer = {
            "",
            "Examples:",
            "  sdb describe sdb students          a database: conditions, servers, shards, events",
            "  sdb describe shard students-sh1    a shard: its copies and its events",
            "  sdb describe pod students-server-0-0"
        })
public final class DescribeCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Parameters(index = "0", paramLabel = "KIND", description = "Kind of object.")
    String kind = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "The object.")
    String name = "";

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() {
        PrintWriter out = terminal.out();
        ResourceKind resource = KindArgument.parse(kind);
        try (Cluster connected = cluster.connect()) {
            Api api = connected.api();
            JsonNode object = api.get(resource.path(connected.namespace(), name));
            List<JsonNode> shards = resource.equals(KnownKinds.DATABASE)
                    ? api.list(KnownKinds.SHARD.path(connected.namespace())).stream()
                            .filter(shard ->
                                    shard.path("spec").path("database").asText().equals(name))
                            .toList()
                    : List.of();
            String uid = object.path("metadata").path("uid").asText();
            List<JsonNode> events = resource.namespaced()
                    ? api.list(KnownKinds.EVENT.path(connected.namespace()) + "?fieldSelector="
                            + Api.encoded("involvedObject.uid=" + uid))
                    : List.of();
            out.print(Description.of(object, shards, events, Instant.now()));
            out.flush();
        }
        return ExitCode.OK;
    }
}

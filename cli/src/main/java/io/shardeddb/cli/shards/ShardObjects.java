package io.shardeddb.cli.shards;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.crds.Shard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Shard objects through which commands ask the operator for something. */
final class ShardObjects {

    private ShardObjects() {}

    /** The shard of a name as given. */
    static Shard find(Cluster connected, String owner, String name) {
        List<Shard> shards = connected.shards(owner);
        return shards.stream()
                .filter(shard -> shard.getSpec().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NEGATIVE,
                        "database " + owner + " has no shard " + name + "; it has "
                                + shards.stream()
                                        .map(shard -> shard.getSpec().name())
                                        .toList()));
    }

    /**
     * Sets an annotation.
     *
     * @param value {@code null} takes the annotation away
     */
    static void annotate(Cluster connected, Shard shard, String annotation, @Nullable String value) {
        ObjectNode patch = new ObjectMapper().createObjectNode();
        patch.putObject("metadata").putObject("annotations").put(annotation, value);
        connected
                .api()
                .merge(
                        KnownKinds.SHARD.path(
                                connected.namespace(), shard.getMetadata().getName()),
                        patch);
    }
}

package io.shardeddb.cli.shards;

import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.DatabaseOptions;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Options of the commands that ask the operator for something about one shard, and then wait for it. */
final class ShardOptions {

    private static final long POLL_MILLIS = 200;

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Parameters(index = "0", paramLabel = "SHARD", description = "The shard, by the name in sdb shards.")
    String name = "";

    /** Name of the database that is meant. */
    String owner(Cluster connected) {
        return database.of(connected).getMetadata().getName();
    }

    /** The shard as it is now. @throws CommandFailure when the database has none of this name */
    Shard find(Cluster connected, String owner) {
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

    /** Waits until the shard's status tells something. Empty if it does not within so many seconds. */
    <T> Optional<T> first(Cluster connected, String owner, int seconds, Function<ShardStatus, Optional<T>> told)
            throws InterruptedException {
        return Waiter.of(Duration.ofSeconds(seconds), POLL_MILLIS)
                .first(() ->
                        Optional.ofNullable(find(connected, owner).getStatus()).flatMap(told));
    }
}

package io.shardeddb.cli.cluster;

import io.shardeddb.cli.profile.Profile;
import io.shardeddb.crds.ShardedDatabase;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands for one database: where it runs, and which one it is. */
public final class DatabaseOptions {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = {"-d", "--database"},
            paramLabel = "NAME",
            description = "The database. Default: the only one.")
    @Nullable
    String name;

    /** Where it runs. */
    public ClusterOptions cluster() {
        return cluster;
    }

    /** Takes over what a profile says, where the command line says nothing. */
    public void assume(Profile profile) {
        cluster.assume(profile);
        name = name == null ? profile.database() : name;
    }

    /** Connects to the cluster. @throws CommandFailure when none runs here */
    public Cluster connect() {
        return cluster.connect();
    }

    /** The database that is meant. @throws CommandFailure when there is none, or more than one and none is named */
    public ShardedDatabase of(Cluster connected) {
        return connected.database(name);
    }

    /** The same, over a connection of its own. */
    public ShardedDatabase read() {
        try (Cluster connected = connect()) {
            return of(connected);
        }
    }
}

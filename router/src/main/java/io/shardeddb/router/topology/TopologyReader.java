package io.shardeddb.router.topology;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.protocol.keyspace.Strategy;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * From the Kubernetes objects to the topology. Pure. What is in force is read from the catalog, never from the spec.
 */
public final class TopologyReader {

    private TopologyReader() {}

    /**
     * Reads the objects as they are.
     *
     * @param catalog the published catalog; absent: there is none, or it may not be read yet
     * @param previous the topology before
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_SCHEMA when the tables break a rule
     * @throws IllegalArgumentException when the objects do not tell what is in force, or name no shard for some
     *     positions of a database with strategy Hash
     */
    public static Topology read(
            ShardedDatabase database, Collection<Shard> shards, @Nullable Catalog catalog, Topology previous) {
        ShardedDatabaseStatus status = database.getStatus();
        if (catalog != null && catalog.database().equals(database.getMetadata().getUid())) {
            return whole(CatalogReader.read(catalog, status, shards));
        }
        if (status != null && status.catalogRevision() != null) {
            throw new IllegalArgumentException("the catalog, revision " + status.catalogRevision()
                    + ", is not there; the operator writes it again");
        }
        return whole(SpecReader.read(database, shards, previous));
    }

    /** Hashed keys have no gaps: where no shard is named, one is missing, and its rows would be missing in answers. */
    private static Topology whole(Topology topology) {
        if (topology.schema().strategy() == Strategy.HASH && topology.initialised() && !topology.coversAll()) {
            throw new IllegalArgumentException(
                    "no shard is named for some positions, and with strategy Hash every position has one; there are "
                            + topology.intervals(topology.schema().tables().getFirst()));
        }
        return topology;
    }
}

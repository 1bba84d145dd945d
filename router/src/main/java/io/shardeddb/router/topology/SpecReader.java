package io.shardeddb.router.topology;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.TimestampMode;
import io.shardeddb.crds.catalog.CatalogShard;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topology of a database whose operator is older than the catalog: tables from the spec, where the status
 * proves that the spec's tables are those in force; shards from their objects. Pure. This is the only class that takes
 * anything from a spec for what is in force, and it is used only until the first catalog is published.
 */
final class SpecReader {

    private static final int STATUS_HASH_BYTES = 16;

    private SpecReader() {}

    /**
     * Reads the objects as they are.
     *
     * @param previous the topology before: while the schema version stays, so do its tables, whatever the spec says
     *     meanwhile
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_SCHEMA when the tables break a rule
     * @throws IllegalArgumentException when an object is not complete, or the spec's tables are not those in force
     */
    static Topology read(ShardedDatabase database, Collection<Shard> shards, Topology previous) {
        ShardedDatabaseSpec spec = database.getSpec();
        ShardedDatabaseStatus status = database.getStatus();
        List<ShardEntry> entries = new ArrayList<>();
        for (Shard shard : shards) {
            if (shard.getMetadata().getDeletionTimestamp() == null) {
                entries.add(entry(shard));
            }
        }
        return new Topology(
                schema(spec, status, previous.schema()),
                entries,
                CatalogReader.servers(
                        status, shards.stream().map(SpecReader::placed).toList()),
                spec.timestamps().mode() == TimestampMode.Service);
    }

    private static DatabaseSchema schema(
            ShardedDatabaseSpec spec, @Nullable ShardedDatabaseStatus status, DatabaseSchema previous) {
        Strategy strategy = Tables.strategy(spec.sharding().strategy());
        Long version = status == null ? null : status.schemaVersion();
        if (status == null || version == null) {
            return new DatabaseSchema(0, strategy, List.of());
        }
        if (version == previous.version() && previous.version() != 0) {
            return previous;
        }
        if (!statusHash(spec).equals(status.schemaHash())) {
            throw new IllegalArgumentException("the tables of the spec are not those in force, version " + version
                    + ", and no catalog tells these");
        }
        return new DatabaseSchema(
                version, strategy, Tables.definitions(spec.expanded().tables()));
    }

    /** The hash that an operator writes into the status: of the tables as they are written. Kept as it always was. */
    static String statusHash(ShardedDatabaseSpec spec) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Tables.texts(spec).toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, STATUS_HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static CatalogShard placed(Shard shard) {
        ShardSpec spec = shard.getSpec();
        return new CatalogShard(spec.name(), shard.groupUid(), spec.interval(), spec.epoch(), spec.servers());
    }

    private static ShardEntry entry(Shard shard) {
        ShardSpec spec = shard.getSpec();
        return new ShardEntry(
                spec.name(),
                GroupId.of(shard.groupUid()),
                new Interval(spec.interval().from(), spec.interval().to()),
                spec.epoch(),
                replicas(spec));
    }

    /** Where the copies of a shard are, as its object tells. */
    static List<Replica> replicas(ShardSpec spec) {
        List<Replica> replicas = new ArrayList<>();
        for (ShardReplicaSpec replica : spec.replicas()) {
            String address = replica.address();
            if (address != null) {
                replicas.add(new Replica(replica.server(), address));
            }
        }
        return replicas;
    }
}

package io.shardeddb.router.topology;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.TimestampMode;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.crds.catalog.CatalogShard;
import io.shardeddb.crds.catalog.CatalogTables;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.SchemaHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the catalog in force to the topology. Pure. The objects of the shards only add where copies are by now; a shard
 * whose object is gone stays, with the servers that the catalog names.
 */
final class CatalogReader {

    private CatalogReader() {}

    /**
     * Reads a catalog.
     *
     * @param shards the objects that are there
     * @throws IllegalArgumentException when the catalog is of a newer format, or its hashes are not those of its tables
     *     and shards
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_SCHEMA when a table breaks a rule
     */
    static Topology read(Catalog catalog, @Nullable ShardedDatabaseStatus status, Collection<Shard> shards) {
        if (catalog.format() > Catalog.FORMAT) {
            throw new IllegalArgumentException("the catalog has format " + catalog.format() + ", and at most "
                    + Catalog.FORMAT + " can be read: this router is too old");
        }
        if (!catalog.hasAllShards()) {
            throw new IllegalArgumentException("the shards of the catalog, revision " + catalog.revision()
                    + ", are not those that it was written with: somebody has edited it");
        }
        Map<String, Shard> byGroup = new HashMap<>();
        shards.forEach(shard -> byGroup.put(shard.groupUid(), shard));
        List<ShardEntry> entries = catalog.shards().stream()
                .map(shard -> entry(catalog, shard, byGroup.get(shard.group())))
                .toList();
        return new Topology(
                schema(catalog),
                entries,
                servers(status, catalog.shards()),
                catalog.timestamps() == TimestampMode.Service,
                Tables.shardKeyPaths(catalog.tables().tables()));
    }

    private static DatabaseSchema schema(Catalog catalog) {
        CatalogTables tables = catalog.tables();
        DatabaseSchema schema = new DatabaseSchema(
                tables.version(), Tables.strategy(catalog.strategy()), Tables.definitions(tables.tables()));
        if (!SchemaHash.text(schema.hash()).equals(tables.hash())) {
            throw new IllegalArgumentException("the tables of the catalog, revision " + catalog.revision()
                    + ", have the hash " + SchemaHash.text(schema.hash()) + " and not " + tables.hash()
                    + ": somebody has edited it");
        }
        return schema;
    }

    private static ShardEntry entry(Catalog catalog, CatalogShard shard, @Nullable Shard object) {
        List<Replica> replicas = object == null ? List.of() : SpecReader.replicas(object.getSpec());
        if (replicas.isEmpty()) {
            List<Replica> named = new ArrayList<>();
            for (String server : shard.servers()) {
                String address = catalog.servers().get(server);
                if (address != null) {
                    named.add(new Replica(server, address));
                }
            }
            replicas = named;
        }
        return new ShardEntry(
                shard.name(),
                GroupId.of(shard.group()),
                new Interval(shard.interval().from(), shard.interval().to()),
                shard.epoch(),
                replicas);
    }

    /**
     * All servers that the status knows or that should hold a shard, each with its shards in the order of their
     * intervals.
     */
    static List<ServerEntry> servers(@Nullable ShardedDatabaseStatus status, List<CatalogShard> shards) {
        Map<String, List<String>> byServer = new LinkedHashMap<>();
        if (status != null) {
            status.servers().stream()
                    .filter(server -> !"Removed".equals(server.phase()))
                    .forEach(server -> byServer.put(server.name(), new ArrayList<>()));
        }
        shards.stream()
                .sorted(Comparator.comparing(shard -> shard.interval().from()))
                .forEachOrdered(shard -> shard.servers()
                        .forEach(server -> byServer.computeIfAbsent(server, ignored -> new ArrayList<>())
                                .add(shard.name())));
        return byServer.entrySet().stream()
                .map(server -> new ServerEntry(server.getKey(), server.getValue()))
                .toList();
    }
}

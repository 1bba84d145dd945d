package io.shardeddb.router.topology;

import io.shardeddb.crds.ColumnSpec;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.crds.TimestampMode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From the Kubernetes objects to the topology. Pure. */
public final class TopologyReader {

    private TopologyReader() {}

    /**
     * Reads the objects as they are.
     *
     * @param previous the topology before: while the schema version stays, so do its tables, whatever the spec says meanwhile
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_SCHEMA when the tables break a rule
     * @throws IllegalArgumentException when an object is not complete
     */
    public static Topology read(ShardedDatabase database, Collection<Shard> shards, Topology previous) {
        ShardedDatabaseSpec spec = database.getSpec();
        ShardedDatabaseStatus status = database.getStatus();
        List<ShardEntry> entries = new ArrayList<>();
        for (Shard shard : shards) {
            if (shard.getMetadata().getDeletionTimestamp() == null) {
                entries.add(entry(shard));
            }
        }
        return new Topology(schema(spec, status, previous.schema()), entries, servers(status, shards), isService(spec));
    }

    private static boolean isService(ShardedDatabaseSpec spec) {
        return spec.timestamps().mode() == TimestampMode.Service;
    }

    private static DatabaseSchema schema(
            ShardedDatabaseSpec spec, @Nullable ShardedDatabaseStatus status, DatabaseSchema previous) {
        Strategy strategy = spec.sharding().strategy() == ShardingStrategy.Hash ? Strategy.HASH : Strategy.RANGE;
        Long version = status == null ? null : status.schemaVersion();
        if (version == null) {
            return new DatabaseSchema(0, strategy, List.of());
        }
        if (version == previous.version() && previous.version() != 0) {
            return previous;
        }
        return new DatabaseSchema(
                version,
                strategy,
                spec.tables().stream().map(TopologyReader::table).toList());
    }

    /** A table of the custom resource. */
    public static TableDefinition table(TableSpec table) {
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnSpec column : table.columns()) {
            boolean key = table.primaryKey().contains(column.name());
            columns.add(
                    new ColumnDefinition(column.name(), ColumnType.parse(column.type()), column.nullable() && !key));
        }
        return new TableDefinition(table.name(), columns, table.primaryKey(), table.effectiveShardKey());
    }

    private static ShardEntry entry(Shard shard) {
        ShardSpec spec = shard.getSpec();
        return new ShardEntry(
                spec.name(),
                GroupId.of(shard.groupUid()),
                new Interval(spec.interval().from(), spec.interval().to()),
                spec.epoch(),
                spec.replicas().stream()
                        .filter(replica -> replica.address() != null)
                        .map(replica -> new Replica(replica.server(), replica.address()))
                        .toList());
    }

    private static List<ServerEntry> servers(@Nullable ShardedDatabaseStatus status, Collection<Shard> shards) {
        Map<String, List<String>> byServer = new LinkedHashMap<>();
        if (status != null) {
            status.servers().stream()
                    .filter(server -> !"Removed".equals(server.phase()))
                    .forEach(server -> byServer.put(server.name(), new ArrayList<>()));
        }
        shards.stream()
                .map(Shard::getSpec)
                .sorted(Comparator.comparing(spec -> spec.interval().from()))
                .forEachOrdered(spec -> spec.servers()
                        .forEach(server -> byServer.computeIfAbsent(server, ignored -> new ArrayList<>())
                                .add(spec.name())));
        return byServer.entrySet().stream()
                .map(server -> new ServerEntry(server.getKey(), server.getValue()))
                .toList();
    }
}

package io.shardeddb.router.fake;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ServerEntry;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;

/** Servers and shards in this process, each shard on every server, shard i led by server i modulo their number. */
public final class FakeCluster implements AutoCloseable {

    private final List<FakeServer> servers = new ArrayList<>();
    private final List<FakeGroup> groups = new ArrayList<>();
    private final Map<GroupId, FakeGroup> byId = new LinkedHashMap<>();
    private final List<String> addresses = new ArrayList<>();
    private final List<Interval> intervals;
    private final NavigableMap<Long, TableDefinition> tables = new ConcurrentSkipListMap<>();
    private final Strategy strategy;

    /** Starts servers. */
    public FakeCluster(int serverCount, Strategy strategy, TableDefinition table, List<Interval> intervals) {
        this.strategy = strategy;
        tables.put(0L, table);
        this.intervals = List.copyOf(intervals);
        for (int i = 0; i < intervals.size(); i++) {
            FakeGroup group = new FakeGroup(byId, new GroupId(77, i), table, intervals.get(i));
            group.lead(i % serverCount);
            groups.add(group);
            byId.put(group.id, group);
        }
        for (int i = 0; i < serverCount; i++) {
            FakeServer server = new FakeServer(i, byId, addresses);
            servers.add(server);
            addresses.add(server.address());
        }
    }

    /** The assignment's table and its shards sh1, sh2, ... of 4096 keys each, on three servers. */
    public static FakeCluster students(int shards) {
        return new FakeCluster(
                3,
                Strategy.RANGE,
                studentTable(),
                IntStream.range(0, shards)
                        .mapToObj(i -> Interval.ofSize(i * 4096L, 4096))
                        .toList());
    }

    /** A collection on three servers. */
    public static FakeCluster documents(String name, int shards, IndexDefinition... indexes) {
        return new FakeCluster(3, Strategy.HASH, collectionTable(name, indexes), Interval.cover(shards));
    }

    /** A key-value space on three servers. */
    public static FakeCluster keyValues(String name, int shards) {
        return new FakeCluster(3, Strategy.HASH, spaceTable(name), Interval.cover(shards));
    }

    /** Every shard has this table from now on, and topologies from this version on name it. */
    public void define(long version, TableDefinition table) {
        groups.forEach(group -> group.define(version, table));
        tables.put(version, table);
    }

    /** The table at a version. */
    public TableDefinition table(long version) {
        return Objects.requireNonNull(tables.floorEntry(version)).getValue();
    }

    /** StudT. */
    public static TableDefinition studentTable() {
        return new TableDefinition(
                "StudT",
                List.of(
                        column("Stud_id", "Number", false),
                        column("Stud_name", "String", true),
                        column("Stud_marks", "Number", true)),
                List.of("Stud_id"),
                "Stud_id");
    }

    /** The table of a collection whose {@code _id} decides the shard. */
    public static TableDefinition collectionTable(String name, IndexDefinition... indexes) {
        List<ColumnDefinition> columns = List.of(column("_id", "VARBINARY(1024)", false), column("doc", "JSON", false));
        return new TableDefinition(name, columns, List.of("_id"), "_id", List.of(indexes));
    }

    /** The table of a key-value space. */
    public static TableDefinition spaceTable(String name) {
        List<ColumnDefinition> columns = List.of(
                column("k", "VARBINARY(1024)", false),
                column("v", "MEDIUMBLOB", true),
                column("type", "VARCHAR(255)", false),
                column("n", "BIGINT", true),
                column("expires", "BIGINT", true));
        return new TableDefinition(name, columns, List.of("k"), "k");
    }

    private static ColumnDefinition column(String name, String type, boolean nullable) {
        return new ColumnDefinition(name, ColumnType.parse(type), nullable);
    }

    public FakeServer server(int number) {
        return servers.get(number);
    }

    public FakeGroup group(int number) {
        return groups.get(number);
    }

    /** Back to the beginning: no rows, no faults, shard i led by server i modulo their number. */
    public void reset() {
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).reset(i % servers.size());
        }
        tables.tailMap(0L, false).clear();
        servers.forEach(FakeServer::reset);
        announce();
    }

    /** All servers announce the leaders. */
    public void announce() {
        servers.forEach(FakeServer::announce);
    }

    /** What the Kubernetes objects would say, at a schema version. */
    public Topology topology(long schemaVersion) {
        return topology(schemaVersion, Set.of());
    }

    /** The same where the copies of some shards, counted from 0, are not known. */
    public Topology topology(long schemaVersion, Set<Integer> unknown) {
        List<String> shardNames = new ArrayList<>();
        List<ShardEntry> shards = new ArrayList<>();
        for (int i = 0; i < intervals.size(); i++) {
            String name = "sh" + (i + 1);
            shardNames.add(name);
            List<Replica> replicas = IntStream.range(0, unknown.contains(i) ? 0 : addresses.size())
                    .mapToObj(server -> new Replica("Server" + server, addresses.get(server)))
                    .toList();
            shards.add(new ShardEntry(
                    name,
                    groups.get(i).id,
                    groups.get(i).interval(),
                    groups.get(i).epoch(),
                    replicas));
        }
        return new Topology(
                new DatabaseSchema(schemaVersion, strategy, List.of(table(schemaVersion))),
                shards,
                IntStream.range(0, addresses.size())
                        .mapToObj(server -> new ServerEntry("Server" + server, shardNames))
                        .toList());
    }

    @Override
    public void close() {
        servers.forEach(FakeServer::close);
    }
}

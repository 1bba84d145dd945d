package io.shardeddb.router.topology;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Positions;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The database at one moment: tables, shards in the order of their intervals, servers. Immutable. */
public final class Topology {

    private final DatabaseSchema schema;
    private final List<ShardEntry> shards;
    private final List<ServerEntry> servers;
    private final boolean timestampService;
    private final long[] starts;

    /** Makes a topology without a timestamp service. */
    public Topology(DatabaseSchema schema, List<ShardEntry> shards, List<ServerEntry> servers) {
        this(schema, shards, servers, false);
    }

    /**
     * Makes a topology.
     *
     * @param shards in any order; a shard whose interval overlaps one of a higher epoch is left out
     * @param servers all servers, with or without shards
     * @param timestampService whether timestamps come from the service
     */
    public Topology(
            DatabaseSchema schema, List<ShardEntry> shards, List<ServerEntry> servers, boolean timestampService) {
        this.schema = schema;
        this.timestampService = timestampService;
        this.servers = List.copyOf(servers);
        NavigableMap<Long, ShardEntry> owners = new TreeMap<>();
        // The higher epoch wins an overlap: it is the later owner.
        shards.stream()
                .sorted(Comparator.comparingLong(ShardEntry::epoch).reversed())
                .filter(shard -> isFree(shard.interval(), owners))
                .forEachOrdered(shard -> owners.put(shard.interval().from(), shard));
        this.shards = List.copyOf(owners.values());
        this.starts =
                this.shards.stream().mapToLong(shard -> shard.interval().from()).toArray();
    }

    /** Whether no owner overlaps an interval; owners do not overlap one another, so that the two beside it are all that could. */
    private static boolean isFree(Interval interval, NavigableMap<Long, ShardEntry> owners) {
        var before = owners.floorEntry(interval.from());
        var behind = owners.ceilingEntry(interval.from());
        return (before == null || !before.getValue().interval().overlaps(interval))
                && (behind == null || !behind.getValue().interval().overlaps(interval));
    }

    /** A database without tables, shards and servers. */
    public static Topology empty() {
        return new Topology(new DatabaseSchema(0, Strategy.RANGE, List.of()), List.of(), List.of());
    }

    public DatabaseSchema schema() {
        return schema;
    }

    /** The shards in the order of their intervals. */
    public List<ShardEntry> shards() {
        return shards;
    }

    public List<ServerEntry> servers() {
        return servers;
    }

    /** Whether timestamps come from the service rather than from hybrid clocks. */
    public boolean timestampService() {
        return timestampService;
    }

    /** Addresses of all servers that hold a replica. */
    public Set<String> addresses() {
        return shards.stream()
                .flatMap(shard -> shard.replicas().stream())
                .map(Replica::address)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether there are tables and shards to work with. */
    public boolean initialised() {
        return !shards.isEmpty() && !schema.tables().isEmpty();
    }

    /** The shard that owns a position, or null. */
    public @Nullable ShardEntry find(long position) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (starts[middle] <= position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0) {
            return null;
        }
        ShardEntry candidate = shards.get(high);
        return candidate.interval().contains(position) ? candidate : null;
    }

    /**
     * The shard that owns a position.
     *
     * @throws DatabaseException NO_SHARD with the intervals that exist
     */
    public ShardEntry shardAt(long position, TableDefinition table) {
        ShardEntry shard = find(position);
        if (shard != null) {
            return shard;
        }
        String key = Positions.keyText(position, unsigned(table));
        throw new DatabaseException(
                ErrorCode.NO_SHARD,
                table.shardKey() + " " + key + " is in no shard; there are " + intervals(table),
                Map.of("column", table.shardKey(), "key", key, "intervals", intervals(table)));
    }

    /** Shards that own positions from {@code first} to {@code last}, both included, in order. */
    public List<ShardEntry> overlapping(long first, long last) {
        if (first > last) {
            return List.of();
        }
        return shards.stream()
                .filter(shard ->
                        shard.interval().from() <= last && shard.interval().last() >= first)
                .toList();
    }

    /** What people call the intervals: "sh1 [0, 4096), sh2 [4096, 8192)". */
    public String intervals(TableDefinition table) {
        boolean unsigned = unsigned(table);
        return shards.isEmpty()
                ? "no shards yet"
                : shards.stream()
                        .map(shard -> shard.name() + " " + text(shard.interval(), unsigned))
                        .collect(Collectors.joining(", "));
    }

    private static String text(Interval interval, boolean unsigned) {
        Long to = interval.to();
        return "[" + Positions.keyText(interval.from(), unsigned) + ", "
                + (to == null ? "..." : Positions.keyText(to, unsigned)) + ")";
    }

    private boolean unsigned(TableDefinition table) {
        return schema.strategy() == Strategy.RANGE
                && table.shardKeyColumn().type() instanceof io.shardeddb.protocol.schema.ColumnType.IntegerType type
                && type.unsigned64();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Topology topology
                && schema.equals(topology.schema)
                && shards.equals(topology.shards)
                && servers.equals(topology.servers)
                && timestampService == topology.timestampService;
    }

    @Override
    public int hashCode() {
        return schema.hashCode() * 31 + shards.hashCode();
    }

    @Override
    public String toString() {
        return "Topology[" + schema + ", " + shards + ", " + servers
                + (timestampService ? ", timestamp service]" : "]");
    }
}

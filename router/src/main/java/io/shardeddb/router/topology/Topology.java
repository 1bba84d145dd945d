package io.shardeddb.router.topology;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Positions;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import java.util.ArrayList;
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
    private final Map<String, String> shardKeyPaths;
    private final long[] starts;
    private final List<Claim> disputed;

    /** Positions, both ends included, of a shard that has lost others to a later owner: whose they are is not known. */
    private record Claim(String shard, long first, long last) {}

    /** Makes a topology without a timestamp service. */
    public Topology(DatabaseSchema schema, List<ShardEntry> shards, List<ServerEntry> servers) {
        this(schema, shards, servers, false);
    }

    /**
     * Makes a topology.
     *
     * @param shards in any order. A shard whose interval overlaps one of a higher epoch is left out. The part of it
     *     that the later owner does not have belongs to no known shard: requests for it are refused, and it is not
     *     taken for a gap between intervals.
     * @param servers all servers, with or without shards
     * @param timestampService whether timestamps come from the service
     * @throws IllegalArgumentException when two shards own the same positions at the same epoch
     */
    public Topology(
            DatabaseSchema schema, List<ShardEntry> shards, List<ServerEntry> servers, boolean timestampService) {
        this(schema, shards, servers, timestampService, Map.of());
    }

    /**
     * Makes a topology with collections that have a shard key, as above.
     *
     * @param shardKeyPaths by the names of their tables: the paths in a document whose values decide the shard
     */
    public Topology(
            DatabaseSchema schema,
            List<ShardEntry> shards,
            List<ServerEntry> servers,
            boolean timestampService,
            Map<String, String> shardKeyPaths) {
        this.schema = schema;
        this.shardKeyPaths = Map.copyOf(shardKeyPaths);
        this.timestampService = timestampService;
        this.servers = List.copyOf(servers);
        requireOneOwnerAtEachEpoch(shards);
        NavigableMap<Long, ShardEntry> owners = new TreeMap<>();
        List<ShardEntry> beaten = new ArrayList<>();
        // The higher epoch wins an overlap: it is the later owner.
        shards.stream()
                .sorted(Comparator.comparingLong(ShardEntry::epoch).reversed())
                .forEachOrdered(shard -> {
                    if (isFree(shard.interval(), owners)) {
                        owners.put(shard.interval().from(), shard);
                    } else {
                        beaten.add(shard);
                    }
                });
        this.shards = List.copyOf(owners.values());
        this.disputed =
                beaten.stream().flatMap(shard -> rest(shard, owners).stream()).toList();
        this.starts =
                this.shards.stream().mapToLong(shard -> shard.interval().from()).toArray();
    }

    private static void requireOneOwnerAtEachEpoch(List<ShardEntry> shards) {
        List<ShardEntry> sorted = shards.stream()
                .sorted(Comparator.comparingLong(ShardEntry::epoch).thenComparing(ShardEntry::interval))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            ShardEntry one = sorted.get(i - 1);
            ShardEntry other = sorted.get(i);
            if (one.epoch() == other.epoch() && one.interval().overlaps(other.interval())) {
                throw new IllegalArgumentException("shard " + one.name() + " " + one.interval() + " and shard "
                        + other.name() + " " + other.interval() + " own the same positions at epoch " + one.epoch());
            }
        }
    }

    /** What no owner has of a shard that was left out. */
    private static List<Claim> rest(ShardEntry shard, NavigableMap<Long, ShardEntry> owners) {
        List<Claim> rest = new ArrayList<>();
        long last = shard.interval().last();
        long at = shard.interval().from();
        var before = owners.floorEntry(at);
        for (ShardEntry owner :
                owners.tailMap(before == null ? at : before.getKey(), true).values()) {
            Interval owned = owner.interval();
            if (owned.from() > last) {
                break;
            }
            if (owned.from() > at) {
                rest.add(new Claim(shard.name(), at, owned.from() - 1));
            }
            if (owned.last() >= last) {
                return rest;
            }
            at = Math.max(at, owned.last() + 1);
        }
        rest.add(new Claim(shard.name(), at, last));
        return rest;
    }

    /**
     * Whether no owner overlaps an interval; owners do not overlap one another, so that the two next to it are all that
     * could.
     */
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

    /** The path in a collection's documents whose value decides the shard; absent: {@code _id} does. */
    public @Nullable String shardKeyPath(String table) {
        return shardKeyPaths.get(table);
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

    /** Whether each position has an owner, or had one whose successor is not known. */
    boolean coversAll() {
        List<Claim> claims = new ArrayList<>(disputed);
        shards.forEach(shard -> claims.add(new Claim(
                shard.name(), shard.interval().from(), shard.interval().last())));
        claims.sort(Comparator.comparingLong(Claim::first));
        long next = Long.MIN_VALUE;
        for (Claim claim : claims) {
            if (claim.first() > next) {
                return false;
            }
            if (claim.last() == Long.MAX_VALUE) {
                return true;
            }
            next = Math.max(next, claim.last() + 1);
        }
        return false;
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
     * The shard that owns a row.
     *
     * @param key its whole primary key
     * @throws DatabaseException as {@link #shardAt} does
     */
    public ShardEntry shardOf(TableDefinition table, Row key) {
        return shardAt(schema.positionOfKey(table, key), table);
    }

    /**
     * The shard that owns a position.
     *
     * @throws DatabaseException NO_SHARD with the intervals that exist; MOVED when a shard had the position and its
     *     present owner is not known
     */
    public ShardEntry shardAt(long position, TableDefinition table) {
        ShardEntry shard = find(position);
        if (shard != null) {
            return shard;
        }
        requireUndisputed(position, position);
        String key = Positions.keyText(position, unsigned(table));
        throw new DatabaseException(
                ErrorCode.NO_SHARD,
                table.shardKey() + " " + key + " is in no shard; there are " + intervals(table),
                Map.of("column", table.shardKey(), "key", key, "intervals", intervals(table)));
    }

    /**
     * Shards that own positions from {@code first} to {@code last}, both included, in order.
     *
     * @throws DatabaseException MOVED when a shard had some of the positions and their present owner is not known
     */
    public List<ShardEntry> overlapping(long first, long last) {
        if (first > last) {
            return List.of();
        }
        requireUndisputed(first, last);
        return shards.stream()
                .filter(shard ->
                        shard.interval().from() <= last && shard.interval().last() >= first)
                .toList();
    }

    private void requireUndisputed(long first, long last) {
        for (Claim claim : disputed) {
            if (claim.first() <= last && claim.last() >= first) {
                throw new DatabaseException(
                        ErrorCode.MOVED,
                        "positions " + Math.max(first, claim.first()) + " to " + Math.min(last, claim.last())
                                + " were shard " + claim.shard()
                                + "'s, which has lost others of its interval; who owns them is not known yet",
                        Map.of("shard", claim.shard()));
            }
        }
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
                && disputed.equals(topology.disputed)
                && servers.equals(topology.servers)
                && shardKeyPaths.equals(topology.shardKeyPaths)
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

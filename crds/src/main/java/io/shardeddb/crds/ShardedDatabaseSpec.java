package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database should be. Absent parts have their defaults after construction, as the API server would fill them.
 *
 * @param sharding how rows find their shard
 * @param tables the tables; may be empty and filled later
 * @param shards with Range: the shards and their intervals; with Hash: empty, see shardCount
 * @param shardCount with Hash: the number of shards, which divide the whole keyspace evenly
 * @param replication how many copies, and how many of them may fail
 * @param servers the servers that hold the copies
 * @param router the HTTP front
 * @param timestamps where write timestamps come from
 * @param paused true: the operator only observes and reports
 * @param deletionPolicy what happens to the volumes when a server or the database goes
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.sharding.strategy != 'Hash' || !has(self.shards) || size(self.shards) == 0",
        message = "with strategy Hash give shardCount, not shards")
@ValidationRule(
        value = "self.sharding.strategy != 'Range' || !has(self.shardCount)",
        message = "with strategy Range give shards, not shardCount")
@ValidationRule(
        value =
                "self.sharding.strategy == oldSelf.sharding.strategy || !has(oldSelf.tables) || size(oldSelf.tables) == 0",
        message = "the sharding strategy cannot change once there are tables")
public record ShardedDatabaseSpec(
        @JsonPropertyDescription("How rows find their shard.") @Default("{}")
        ShardingSpec sharding,

        @JsonPropertyDescription("The tables. May be empty at first.") @Size(max = SpecLimits.TABLES)
        List<TableSpec> tables,

        @JsonPropertyDescription(
                "With Range: the shards and their intervals, which must not overlap and may leave gaps. Empty with Hash.")
        @Size(max = 1024)
        List<ShardRangeSpec> shards,

        @JsonPropertyDescription("With Hash: how many shards divide the keyspace evenly. Cannot change once set.")
        @Min(1)
        @Max(1024)
        @ValidationRule(value = "self == oldSelf", message = "shardCount cannot change: the rows would have to move")
        @Nullable
        Integer shardCount,

        @JsonPropertyDescription("How many copies of each shard there are, and how many may fail.") @Default("{}")
        ReplicationSpec replication,

        @JsonPropertyDescription("The servers that hold the copies.") @Default("{}")
        ServersSpec servers,

        @JsonPropertyDescription("The HTTP front.") @Default("{}")
        RouterSpec router,

        @JsonPropertyDescription("Where write timestamps come from.") @Default("{}")
        TimestampsSpec timestamps,

        @JsonPropertyDescription("True: the operator observes and reports, and changes nothing.") @Default("false")
        boolean paused,

        @JsonPropertyDescription(
                "What happens to the volumes when a server or the database goes: Retain keeps them, Delete removes them.")
        @Default("Retain")
        DeletionPolicy deletionPolicy) {

    public ShardedDatabaseSpec {
        sharding = sharding == null ? new ShardingSpec(ShardingStrategy.Range) : sharding;
        tables = tables == null ? List.of() : List.copyOf(tables);
        shards = shards == null ? List.of() : List.copyOf(shards);
        replication = replication == null ? new ReplicationSpec(ReplicationSpec.DEFAULT_REPLICAS, null) : replication;
        servers = servers == null ? ServersSpec.of(0) : servers;
        router = router == null ? RouterSpec.of(RouterSpec.DEFAULT_REPLICAS) : router;
        timestamps = timestamps == null ? new TimestampsSpec(TimestampMode.Hybrid) : timestamps;
        deletionPolicy = deletionPolicy == null ? DeletionPolicy.Retain : deletionPolicy;
    }

    /** The same with other tables. */
    public ShardedDatabaseSpec withTables(List<TableSpec> others) {
        return new ShardedDatabaseSpec(
                sharding, others, shards, shardCount, replication, servers, router, timestamps, paused, deletionPolicy);
    }

    /** The same, paused or not. */
    public ShardedDatabaseSpec withPaused(boolean on) {
        return new ShardedDatabaseSpec(
                sharding, tables, shards, shardCount, replication, servers, router, timestamps, on, deletionPolicy);
    }
}

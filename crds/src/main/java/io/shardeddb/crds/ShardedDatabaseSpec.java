package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.shardeddb.crds.collections.CollectionSpec;
import io.shardeddb.crds.collections.KeyValueSpaceSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database should be. Absent parts have their defaults after construction, as the API server would fill them.
 *
 * @param sharding how rows find their shard
 * @param tables the tables; may be empty and filled later
 * @param collections collections of documents: tables of a fixed shape
 * @param keyValueSpaces spaces of keys and values: tables of another fixed shape
 * @param collectionsOnFirstUse whether a router declares a collection when a document comes for one that is not there;
 *     absent means false
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
@ValidationRule(
        value = "self.sharding.strategy == 'Hash' || !has(self.collections) || size(self.collections) == 0",
        message = "collections need strategy Hash")
@ValidationRule(
        value = "self.sharding.strategy == 'Hash' || !has(self.keyValueSpaces) || size(self.keyValueSpaces) == 0",
        message = "key-value spaces need strategy Hash")
@ValidationRule(
        value = "(has(self.tables) ? size(self.tables) : 0) + (has(self.collections) ? size(self.collections) : 0)"
                + " + (has(self.keyValueSpaces) ? size(self.keyValueSpaces) : 0) <= "
                + SpecLimits.TABLES,
        message = "tables, collections and key-value spaces are " + SpecLimits.TABLES + " together at most")
public record ShardedDatabaseSpec(
        @JsonPropertyDescription("How rows find their shard.") @Default("{}")
        ShardingSpec sharding,

        @JsonPropertyDescription("The tables. May be empty at first.") @Size(max = SpecLimits.TABLES)
        List<TableSpec> tables,

        @JsonPropertyDescription("Collections of documents: tables of a fixed shape. Need strategy Hash.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = SpecLimits.TABLES)
        List<CollectionSpec> collections,

        @JsonPropertyDescription("Spaces of keys and values: tables of another fixed shape. Need strategy Hash.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = SpecLimits.TABLES)
        List<KeyValueSpaceSpec> keyValueSpaces,

        @JsonPropertyDescription(
                "True: a document for a collection that is not there makes the router declare it here. Absent: false.")
        @Nullable
        Boolean collectionsOnFirstUse,

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
        collections = collections == null ? List.of() : List.copyOf(collections);
        keyValueSpaces = keyValueSpaces == null ? List.of() : List.copyOf(keyValueSpaces);
        shards = shards == null ? List.of() : List.copyOf(shards);
        replication = replication == null ? new ReplicationSpec(ReplicationSpec.DEFAULT_REPLICAS, null) : replication;
        servers = servers == null ? ServersSpec.of(0) : servers;
        router = router == null ? RouterSpec.of(RouterSpec.DEFAULT_REPLICAS) : router;
        timestamps = timestamps == null ? new TimestampsSpec(TimestampMode.Hybrid) : timestamps;
        deletionPolicy = deletionPolicy == null ? DeletionPolicy.Retain : deletionPolicy;
    }

    /** The same with other tables. */
    public ShardedDatabaseSpec withTables(List<TableSpec> others) {
        return with(others, collections, keyValueSpaces, paused);
    }

    /** The same with other collections and spaces. */
    public ShardedDatabaseSpec withCollections(List<CollectionSpec> others, List<KeyValueSpaceSpec> spaces) {
        return with(tables, others, spaces, paused);
    }

    /** The same, paused or not. */
    public ShardedDatabaseSpec withPaused(boolean on) {
        return with(tables, collections, keyValueSpaces, on);
    }

    /**
     * The same with its collections and spaces as what they are: tables, after the others. Anyone who compares tables,
     * or brings them to servers, asks this one. Nothing writes it back into the resource.
     *
     * @return a spec without collections and spaces; this one where there are none
     */
    public ShardedDatabaseSpec expanded() {
        if (collections.isEmpty() && keyValueSpaces.isEmpty()) {
            return this;
        }
        List<TableSpec> all = new ArrayList<>(tables);
        collections.forEach(collection -> all.add(TableSpec.of(collection)));
        keyValueSpaces.forEach(space -> all.add(TableSpec.of(space)));
        return with(all, List.of(), List.of(), paused);
    }

    private ShardedDatabaseSpec with(
            List<TableSpec> otherTables,
            List<CollectionSpec> otherCollections,
            List<KeyValueSpaceSpec> otherSpaces,
            boolean isPaused) {
        return new ShardedDatabaseSpec(
                sharding,
                otherTables,
                otherCollections,
                otherSpaces,
                collectionsOnFirstUse,
                shards,
                shardCount,
                replication,
                servers,
                router,
                timestamps,
                isPaused,
                deletionPolicy);
    }
}

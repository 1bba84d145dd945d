package io.shardeddb.operator.plan.database;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.protocol.wire.ReplicaStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a record is of an earlier time than the shards, as a backup is that somebody puts back. Every definition is
 * recorded before a shard gets it, and no shard goes back: requests that were made for the tables of such a record
 * would be refused for ever. Pure.
 */
final class OldRecord {

    private OldRecord() {}

    /**
     * The latest version of the tables that each shard is known to have, by its status and by what replicas say; 0 for
     * none.
     *
     * @param observed what servers said
     * @return by the shard's name
     */
    static Map<String, Long> versions(List<Shard> shards, Observed observed) {
        Map<String, Long> versions = new TreeMap<>();
        shards.forEach(shard -> {
            long told = shard.getStatus() == null
                    ? 0
                    : Objects.requireNonNullElse(shard.getStatus().schemaVersion(), 0L);
            long shown = observed.replicas(Uids.ofResource(shard.groupUid())).stream()
                    .mapToLong(ReplicaStatus::getSchemaVersion)
                    .max()
                    .orElse(0);
            versions.put(shard.getSpec().name(), Math.max(told, shown));
        });
        return versions;
    }

    /**
     * Why a record is of an earlier time.
     *
     * @param versions that shards are known to have
     * @return for people, to be said of the record; absent when nothing shows that it is
     */
    static @Nullable String why(
            ShardedDatabase database, AcceptedRecord record, List<Shard> shards, Map<String, Long> versions) {
        for (Map.Entry<String, Long> shard : versions.entrySet()) {
            if (shard.getValue() > record.schemaVersion()) {
                return "is older than the shards: " + shard.getKey() + " has version " + shard.getValue()
                        + " of the tables, and it knows " + record.schemaVersion() + " as the latest";
            }
        }
        ShardedDatabaseStatus status = database.getStatus();
        Long told = status == null ? null : status.schemaVersion();
        // A cache may show the record from just before the tables came into force: with the shards it tells that they
        // have.
        AcceptedRecord.TablesInForce inForce = record.seen(shards).inForce();
        long known = inForce == null ? record.schemaVersion() : inForce.version();
        return told == null || told <= known
                ? null
                : "is older than the shards: version " + told + " of the tables was in force, and it knows " + known
                        + " as the one in force";
    }
}

package io.shardeddb.operator.desired;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was accepted, written before it is acted on: the last good spec, which stays in force when a bad one slips in, the version of its
 * tables, and the group of each shard. Where volumes are kept, the record is kept with them: a database of the same name then goes on
 * with the same groups, and a shard whose resource was deleted by hand is never started anew over rows that exist.
 *
 * @param spec the last good spec
 * @param schemaVersion version of its tables
 * @param schemaHash hash of its tables
 * @param groups by shard name
 */
public record AcceptedRecord(
        ShardedDatabaseSpec spec, long schemaVersion, String schemaHash, Map<String, KnownGroup> groups) {

    private static final String KEY = "accepted.json";

    public AcceptedRecord {
        groups = Map.copyOf(groups);
    }

    /**
     * A group that was started or may have been.
     *
     * @param uid its uid
     * @param bootstrapMember the member that starts it; absent: it was not started
     * @param servers servers that hold it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KnownGroup(String uid, @Nullable String bootstrapMember, List<String> servers) {

        public KnownGroup {
            servers = servers == null ? List.of() : List.copyOf(servers);
        }

        static KnownGroup of(Shard shard) {
            return new KnownGroup(
                    shard.groupUid(),
                    shard.getSpec().bootstrapMember(),
                    shard.getSpec().servers());
        }
    }

    /** The record in a ConfigMap; absent when there is none. */
    public static @Nullable AcceptedRecord read(@Nullable ConfigMap map) {
        String json =
                map == null || map.getData() == null ? null : map.getData().get(KEY);
        return json == null ? null : Serialization.unmarshal(json, AcceptedRecord.class);
    }

    /**
     * The record of a good spec.
     *
     * @param before the record so far
     * @param generation of the spec
     */
    public static AcceptedRecord of(ShardedDatabaseSpec spec, @Nullable AcceptedRecord before, long generation) {
        String hash = Schemas.hash(spec);
        if (before == null) {
            return new AcceptedRecord(spec, generation, hash, Map.of());
        }
        long version =
                hash.equals(before.schemaHash) ? before.schemaVersion : Math.max(generation, before.schemaVersion + 1);
        return new AcceptedRecord(spec, version, hash, before.groups);
    }

    /** The same with the groups of the shards that are there; those whose resource is gone stay known. */
    public AcceptedRecord withGroupsOf(List<Shard> shards) {
        Map<String, KnownGroup> known = new TreeMap<>(groups);
        shards.forEach(shard -> known.put(shard.getSpec().name(), KnownGroup.of(shard)));
        return new AcceptedRecord(spec, schemaVersion, schemaHash, known);
    }

    /** The group that a shard without a resource has to go on with; absent when it was never started. */
    public @Nullable KnownGroup started(String shard) {
        KnownGroup known = groups.get(shard);
        return known == null || known.bootstrapMember() == null ? null : known;
    }

    /** The ConfigMap that holds it. */
    public ConfigMap object(ShardedDatabase database) {
        return new ConfigMapBuilder()
                .withMetadata(Naming.owned(
                        database, Naming.accepted(database.getMetadata().getName()), "record"))
                .addToData(KEY, ContentHash.canonical(this))
                .build();
    }
}

package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.plan.TimestampRecord;
import org.jspecify.annotations.Nullable;

/** The ConfigMap that holds the timestamp service's epoch. It is only ever made, or replaced by compare-and-set. */
public final class TimestampRecords {
    private static final String KEY = "timestamps.json";

    private TimestampRecords() {}

    /** Its name. */
    public static String name(String database) {
        return database + "-timestamps";
    }

    /** The record in it; absent when there is none. */
    public static @Nullable TimestampRecord read(@Nullable ConfigMap map) {
        String json =
                map == null || map.getData() == null ? null : map.getData().get(KEY);
        return json == null ? null : Serialization.unmarshal(json, TimestampRecord.class);
    }

    /**
     * The ConfigMap with a record.
     *
     * @param before the one that it replaces, and whose version it carries; absent: it is the first
     */
    public static ConfigMap object(ShardedDatabase database, TimestampRecord record, @Nullable ConfigMap before) {
        ConfigMap map = new ConfigMapBuilder()
                .withMetadata(Naming.owned(database, name(database.getMetadata().getName()), "record"))
                .addToData(KEY, ContentHash.canonical(record))
                .build();
        if (before != null) {
            map.getMetadata().setResourceVersion(before.getMetadata().getResourceVersion());
        }
        return map;
    }
}

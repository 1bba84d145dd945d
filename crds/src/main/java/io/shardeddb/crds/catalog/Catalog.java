package io.shardeddb.crds.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.TimestampMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The catalog in force. It lies as JSON under {@link #KEY} in the ConfigMap {@link #objectName}, next to what the
 * operator keeps there for itself. Every shard that it lists has the tables that it lists.
 *
 * @param format of this object, {@link #FORMAT}; a reader refuses a higher one
 * @param database uid of the ShardedDatabase that it speaks of; another one of the same name is another database
 * @param revision from 1 to {@link #MOST_REVISION}; grows with each change; a reader keeps the highest that it has seen
 * @param strategy how keys become positions
 * @param timestamps where timestamps come from
 * @param tables the tables in force
 * @param shards every shard that may hold rows, by name; one that is not asked for any more stays
 * @param servers address of each server that holds a copy, as {@code host:port}, by its name as given
 * @param shardsHash of the shards, 16 hexadecimal digits: a catalog that lost one would answer half of a question as
 *     the whole; absent in one of an older operator
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Catalog(
        int format,
        String database,
        long revision,
        ShardingStrategy strategy,
        TimestampMode timestamps,
        CatalogTables tables,
        List<CatalogShard> shards,
        Map<String, String> servers,
        @Nullable String shardsHash) {

    /** The format that this release writes, and the highest that it reads. */
    public static final int FORMAT = 1;

    /** Key of the JSON in the ConfigMap. */
    public static final String KEY = "catalog.json";

    /** No revision is higher: it would take longer than anything lasts to get there by changes. */
    public static final long MOST_REVISION = 999_999_999_999_999L;

    /** Whether a number can be a revision; another one was written by hand. */
    public static boolean isRevision(long number) {
        return number >= 1 && number <= MOST_REVISION;
    }

    public Catalog {
        shards = shards == null ? List.of() : List.copyOf(shards);
        servers = servers == null ? Map.of() : Map.copyOf(servers);
    }

    /** One whose hash is that of its shards. */
    public Catalog(
            int format,
            String database,
            long revision,
            ShardingStrategy strategy,
            TimestampMode timestamps,
            CatalogTables tables,
            List<CatalogShard> shards,
            Map<String, String> servers) {
        this(format, database, revision, strategy, timestamps, tables, shards, servers, CatalogShard.hash(shards));
    }

    /** Whether its shards are those that it was written with. */
    public boolean hasAllShards() {
        return shardsHash == null || shardsHash.equals(CatalogShard.hash(shards));
    }

    /** Name of the ConfigMap of a database, in its namespace. */
    public static String objectName(String database) {
        return database + "-accepted";
    }

    /** The same under another revision. */
    public Catalog withRevision(long next) {
        return new Catalog(format, database, next, strategy, timestamps, tables, shards, servers, shardsHash);
    }
}

package io.shardeddb.operator.plan;

import io.shardeddb.protocol.wire.SchemaDefinition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That a shard refused tables, remembered from reconcile to reconcile. They are brought again after a second, then
 * after twice as long each time, up to a minute. What is refused by a rule stays refused. What one engine refused may
 * be taken by another one.
 *
 * @param schema the tables
 * @param words what the shard's leader said last
 * @param tries how often they were refused; at least 1
 * @param since when they were refused last
 */
public record TablesRefusal(SchemaDefinition schema, String words, int tries, Instant since) {

    /** The time between two tries at most. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final int MOST_DOUBLINGS = 6;

    /**
     * After another refusal.
     *
     * @param before what was remembered, of these tables or of others
     */
    public static TablesRefusal after(
            @Nullable TablesRefusal before, SchemaDefinition schema, String words, Instant now) {
        int tries = before != null && before.schema.equals(schema) ? before.tries + 1 : 1;
        return new TablesRefusal(schema, words, tries, now);
    }

    /** What it means for a reconcile that wants these tables; absent when others were refused. */
    public ShardView.@Nullable RefusedTables of(@Nullable SchemaDefinition wanted, Instant now) {
        return schema.equals(wanted) ? new ShardView.RefusedTables(words, !now.isBefore(since.plus(pause()))) : null;
    }

    private Duration pause() {
        Duration doubled = Duration.ofSeconds(1L << Math.min(tries - 1, MOST_DOUBLINGS));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }
}

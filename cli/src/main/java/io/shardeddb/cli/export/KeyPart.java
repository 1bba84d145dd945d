package io.shardeddb.cli.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.rows.Cells;
import io.shardeddb.crds.TableSpec;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of a table's keys, and how far it was read. The parts of a table hold each key once, whatever its shards are
 * by now.
 *
 * @param from first key; absent: from the lowest
 * @param to last key; absent: to the highest
 * @param continuation where the router goes on; absent: at the beginning
 * @param complete whether it was read to its end
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record KeyPart(
        @Nullable String from,
        @Nullable String to,
        @Nullable String continuation,
        boolean complete) {

    /** All keys. */
    static final KeyPart ALL = new KeyPart(null, null, null, false);

    private static final Set<String> WHOLE =
            Set.of("NUMBER", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT");

    /** This, read on to a place; without one it is complete. */
    KeyPart readTo(@Nullable String place) {
        return place == null ? new KeyPart(from, to, continuation, true) : new KeyPart(from, to, place, false);
    }

    /** Whether a table's rows lie in shards by intervals of their only key, which is a whole number. */
    static boolean mayFollowShards(TableSpec table) {
        return table.primaryKey().size() == 1
                && table.primaryKey().getFirst().equals(table.shardKey())
                && WHOLE.contains(
                        String.valueOf(Cells.type(table, table.primaryKey().getFirst())));
    }

    /**
     * One part for each shard. The first begins at the lowest key and the last ends at the highest, so no key is left
     * out where shards leave gaps.
     *
     * @param shards as the router's status tells them
     */
    static List<KeyPart> along(JsonNode shards) {
        List<BigInteger> lows = shards.valueStream()
                .map(shard -> shard.path("Stud_id_low"))
                .filter(JsonNode::isIntegralNumber)
                .map(JsonNode::bigIntegerValue)
                .sorted()
                .distinct()
                .toList();
        if (lows.size() < 2) {
            return List.of(ALL);
        }
        List<KeyPart> parts = new ArrayList<>();
        for (int i = 0; i < lows.size(); i++) {
            parts.add(new KeyPart(
                    i == 0 ? null : lows.get(i).toString(),
                    i == lows.size() - 1
                            ? null
                            : lows.get(i + 1).subtract(BigInteger.ONE).toString(),
                    null,
                    false));
        }
        return parts;
    }
}

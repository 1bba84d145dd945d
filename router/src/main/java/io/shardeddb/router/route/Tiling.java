package io.shardeddb.router.route;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The proof that the answers of shards are the whole of what was asked. What was asked is cut along the shards'
 * intervals into pieces, one for each shard. An answer covers its piece if its group owned all of it in the view that
 * the answer shows, under the epoch that the plan knows. Positions that no shard is meant to have are not asked for.
 * Pure and immutable.
 */
public final class Tiling {

    private final Map<GroupId, Piece> pieces = new LinkedHashMap<>();

    /** Positions that one shard is to answer for, both ends included. */
    private record Piece(ShardEntry shard, long first, long last) {}

    /**
     * What a group owned in the view that it answered from.
     *
     * @param interval absent: it owned nothing, or did not say
     * @param epoch of the interval
     */
    public record Answered(GroupId group, @Nullable Interval interval, long epoch) {}

    private Tiling(Map<GroupId, Piece> pieces) {
        this.pieces.putAll(pieces);
    }

    /**
     * Cuts positions into pieces.
     *
     * @param shards in any order; no two own the same position
     * @param first first position asked for
     * @param last last position asked for; below {@code first}: nothing is asked for
     */
    public static Tiling of(Collection<ShardEntry> shards, long first, long last) {
        Map<GroupId, Piece> pieces = new LinkedHashMap<>();
        for (ShardEntry shard : shards) {
            long from = Math.max(first, shard.interval().from());
            long to = Math.min(last, shard.interval().last());
            if (from <= to) {
                pieces.put(shard.group(), new Piece(shard, from, to));
            }
        }
        return new Tiling(pieces);
    }

    /**
     * Why an answer does not cover its group's piece: an error MOVED that names the shard and the positions; null when
     * it does.
     */
    public @Nullable DatabaseException fault(Answered answer) {
        Piece piece = pieces.get(answer.group());
        if (piece == null) {
            return new DatabaseException(
                    ErrorCode.MOVED, "group " + answer.group() + " answered, and was not asked for any position");
        }
        Interval interval = answer.interval();
        if (interval != null
                && answer.epoch() == piece.shard().epoch()
                && interval.contains(piece.first())
                && interval.contains(piece.last())) {
            return null;
        }
        String owned = interval == null ? "no positions" : interval + " at epoch " + answer.epoch();
        Map<String, String> details = new HashMap<>();
        details.put("shard", piece.shard().name());
        details.put("from", Long.toString(piece.first()));
        details.put("to", Long.toString(piece.last()));
        if (interval != null) {
            details.put("epoch", Long.toString(answer.epoch()));
        }
        return new DatabaseException(
                ErrorCode.MOVED,
                "shard " + piece.shard().name() + " answers for " + owned + "; positions " + piece.first() + " to "
                        + piece.last() + " at epoch " + piece.shard().epoch() + " are asked for",
                details);
    }

    /**
     * Refuses answers that do not cover every piece.
     *
     * @throws DatabaseException MOVED for the first piece that is not covered
     */
    public void requireWhole(List<Answered> answers) {
        Set<GroupId> answered = new HashSet<>();
        for (Answered answer : answers) {
            DatabaseException fault = fault(answer);
            if (fault != null) {
                throw fault;
            }
            answered.add(answer.group());
        }
        for (GroupId group : pieces.keySet()) {
            if (!answered.contains(group)) {
                throw missing(group);
            }
        }
    }

    private DatabaseException missing(GroupId group) {
        DatabaseException fault = fault(new Answered(group, null, 0));
        return fault == null ? new DatabaseException(ErrorCode.INTERNAL, "nothing covers " + group) : fault;
    }
}

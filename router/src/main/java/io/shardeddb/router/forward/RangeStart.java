package io.shardeddb.router.forward;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.router.route.Tiling;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The beginning of a stream that opens its shards one after the other: those that are opened later are asked for one
 * row before anything is given out. A shard that is away, or is not what it is taken for, is then an error with its own
 * status and not an answer that breaks off. The row is thrown away: a scan that stood open meanwhile would hold a view
 * of its shard's database, and chunks in memory.
 */
final class RangeStart {

    /** Shards that are asked at once. */
    static final int PROBES = 32;

    private RangeStart() {}

    /**
     * Asks each shard for the first of its rows. Blocks.
     *
     * @param deadline for all of them together, by {@link System#nanoTime}
     * @throws DatabaseException of the first shard that did not answer, or MOVED when it answered for other positions
     *     than are asked for
     */
    static void probe(Forwarder forwarder, RangeRead read, Tiling tiling, List<ShardEntry> shards, long deadline) {
        record Probe(ShardEntry shard, CompletableFuture<ReadReply> reply) {}
        Deque<Probe> waiting = new ArrayDeque<>();
        for (ShardEntry shard : shards) {
            if (waiting.size() == PROBES) {
                Probe first = waiting.removeFirst();
                require(tiling, first.shard(), first.reply());
            }
            waiting.add(new Probe(
                    shard,
                    forwarder.read(
                            shard, Reads.request(read, shard, 1), read.options().place(), deadline)));
        }
        waiting.forEach(probe -> require(tiling, probe.shard(), probe.reply()));
    }

    private static void require(Tiling tiling, ShardEntry shard, CompletableFuture<ReadReply> probe) {
        ReadReply reply;
        try {
            reply = probe.join();
        } catch (CompletionException e) {
            throw Writes.error(e);
        }
        DatabaseException fault = tiling.fault(answered(shard.group(), reply));
        if (fault != null) {
            throw fault;
        }
    }

    /** What a page says of the view that it shows. */
    static Tiling.Answered answered(GroupId group, ReadReply reply) {
        return answered(group, reply.hasInterval(), reply.getInterval(), reply.getEpoch());
    }

    /** What a message says of the view that it shows. */
    static Tiling.Answered answered(GroupId group, boolean said, PositionInterval interval, long epoch) {
        return new Tiling.Answered(group, said ? Interval.ofWire(interval) : null, epoch);
    }
}

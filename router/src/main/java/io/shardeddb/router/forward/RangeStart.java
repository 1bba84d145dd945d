package io.shardeddb.router.forward;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.route.Tiling;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a stream. Each of its shards has to show that it can answer before anything is given out. A shard
 * that is away, or is not what it is taken for, is then an error with its own status, and no answer breaks off.
 *
 * <p>Some shards show it by the scan that is opened, the others are asked for one row. That row is thrown away: a scan
 * that stood open meanwhile would hold a view of its shard's database, and chunks in memory.
 *
 * <p>For one thread.
 */
final class RangeStart {

    /** Shards that are asked at once, more only where more scans are opened. */
    private static final int AT_ONCE = 32;

    private final Forwarder forwarder;
    private final RangeRead read;
    private final Tiling tiling;
    private final long deadline;
    private final BlockingQueue<Shown> shown = new LinkedBlockingQueue<>();
    private final List<FailureChoice.OfShard> failures = new ArrayList<>();
    private int underWay;

    /** What a shard has shown: that it can answer, if there is no fault. */
    private record Shown(ShardEntry shard, @Nullable DatabaseException fault) {}

    /** @param deadline for all shards together, by {@link System#nanoTime} */
    RangeStart(Forwarder forwarder, RangeRead read, Tiling tiling, long deadline) {
        this.forwarder = forwarder;
        this.read = read;
        this.tiling = tiling;
        this.deadline = deadline;
    }

    /** Waits also for what a shard shows by something else, which ends by the same deadline. */
    void expect(ShardEntry shard, CompletableFuture<?> showing) {
        underWay++;
        var _ = showing.whenComplete(
                (ignored, failure) -> shown.add(new Shown(shard, failure == null ? null : Writes.error(failure))));
    }

    /**
     * Asks each shard for the first of its rows, and waits until these and all that are expected have shown that they
     * can answer. Blocks.
     *
     * @throws DatabaseException if a shard did not answer, or answered for other positions than are asked for (MOVED).
     *     One that says for good that it cannot is told at once. Else the time of all is over, and the error is the one
     *     that says most about why
     */
    void probe(List<ShardEntry> shards) {
        Iterator<ShardEntry> next = shards.iterator();
        while (next.hasNext() || underWay > 0) {
            while (next.hasNext() && underWay < AT_ONCE) {
                ask(next.next());
            }
            note(take());
            if (!failures.isEmpty()) {
                // It has used up the time of all: nobody else is asked.
                next = Collections.emptyIterator();
            }
        }
        if (!failures.isEmpty()) {
            throw FailureChoice.ofShards(failures);
        }
    }

    private void ask(ShardEntry shard) {
        expect(
                shard,
                forwarder
                        .read(
                                shard,
                                Reads.request(read.narrowed(""), shard, 1),
                                read.options().place(),
                                deadline)
                        .thenAccept(reply -> requireAskedFor(shard, reply)));
    }

    private void requireAskedFor(ShardEntry shard, ReadReply reply) {
        DatabaseException fault = tiling.fault(answered(shard.group(), reply));
        if (fault != null) {
            throw fault;
        }
    }

    private void note(Shown one) {
        underWay--;
        DatabaseException fault = one.fault();
        if (fault == null) {
            return;
        }
        FailureChoice.OfShard failure = new FailureChoice.OfShard(one.shard().name(), fault);
        RetryRule.Next after = RetryRule.after(fault.code());
        if (after == RetryRule.Next.STOP || after == RetryRule.Next.PLAN_ANEW) {
            throw FailureChoice.ofShards(List.of(failure));
        }
        failures.add(failure);
    }

    private Shown take() {
        try {
            return shown.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(ErrorCode.SHUTTING_DOWN, "the router is going down");
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

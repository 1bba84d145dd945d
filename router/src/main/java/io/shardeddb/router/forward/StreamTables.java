package io.shardeddb.router.forward;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The tables in which the scans of one stream ask. Until the stream has begun, newer tables are an error, and the whole
 * read is planned again. After that its scans go on in newer tables, in the shape that the stream began in.
 */
final class StreamTables {

    private final LatestTopology latest;
    private volatile RangeRead newest;
    private volatile boolean begun;

    /** For a stream that begins with this read. */
    StreamTables(LatestTopology latest, RangeRead first) {
        this.latest = latest;
        this.newest = first;
    }

    /** From now on rows are given out, which cannot be taken back. */
    void begun() {
        begun = true;
    }

    boolean hasBegun() {
        return begun;
    }

    /** What a scan that begins now is to ask. */
    RangeRead newest() {
        return newest;
    }

    /**
     * What a scan is to ask after a shard refused it because of newer tables. Waits until they are in force. Blocks.
     *
     * @param used what the scan has asked
     * @param shard whose rows it gives
     * @param error the refusal, MOVED or SCHEMA_CHANGED
     * @param deadline by {@link System#nanoTime}
     * @throws DatabaseException when the tables do not come in time, cannot give the shape that the stream began in, or
     *     when the shard has become another one
     */
    RangeRead after(RangeRead used, ShardEntry shard, DatabaseException error, long deadline) {
        if (error.code() != ErrorCode.SCHEMA_CHANGED) {
            throw changed(shard, error);
        }
        Topology next = await(used, shard, error, deadline);
        boolean same = next.shards().stream()
                .anyMatch(entry -> entry.group().equals(shard.group())
                        && entry.epoch() == shard.epoch()
                        && entry.interval().equals(shard.interval()));
        if (!same) {
            throw changed(
                    shard,
                    new DatabaseException(
                            ErrorCode.MOVED, "its positions have another owner, or another epoch, by now"));
        }
        try {
            RangeRead newer = used.under(next);
            newest = newer;
            return newer;
        } catch (DatabaseException e) {
            throw changed(shard, e);
        }
    }

    private Topology await(RangeRead used, ShardEntry shard, DatabaseException error, long deadline) {
        long left = Math.max(1, deadline - System.nanoTime());
        try {
            return latest.await(RetryRule.newer(used.topology(), error), Duration.ofNanos(left))
                    .get(left, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw changed(shard, error);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(ErrorCode.SHUTTING_DOWN, "the router is going down");
        }
    }

    /** Rows of other tables or another interval must not follow those given out, and these cannot be taken back. */
    private static DatabaseException changed(ShardEntry shard, DatabaseException cause) {
        return new DatabaseException(
                        cause.code(),
                        "shard " + shard.name() + " was changed in the middle of the scan: " + cause.text(),
                        cause.details())
                .with("shard", shard.name());
    }
}

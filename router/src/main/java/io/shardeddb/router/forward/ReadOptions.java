package io.shardeddb.router.forward;

import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.router.route.ReplicaRing;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import org.jspecify.annotations.Nullable;

/**
 * How fresh a read must be.
 *
 * @param level STRONG, BOUNDED or EVENTUAL
 * @param maxStalenessMillis for BOUNDED
 * @param session what the client has seen
 * @param reader name that keeps a reader at its replica; absent: any replica
 * @param until when the reader gives up, by {@link System#nanoTime}; absent: it waits as long as a read may
 */
public record ReadOptions(
        ReadLevel level,
        int maxStalenessMillis,
        SessionToken session,
        @Nullable String reader,
        @Nullable Long until) {

    /** A strong read. */
    public static final ReadOptions STRONG = new ReadOptions(ReadLevel.STRONG, 0, SessionToken.EMPTY, null);

    /** A read that waits as long as a read may. */
    public ReadOptions(ReadLevel level, int maxStalenessMillis, SessionToken session, @Nullable String reader) {
        this(level, maxStalenessMillis, session, reader, null);
    }

    /** The same read, given up at a moment by {@link System#nanoTime}. */
    public ReadOptions until(long moment) {
        return new ReadOptions(level, maxStalenessMillis, session, reader, moment);
    }

    /** The earlier one of the reader's own moment and this one, by {@link System#nanoTime}. */
    public long atMost(long deadline) {
        Long own = until;
        return own == null || own - deadline > 0 ? deadline : own;
    }

    /** A request to a shard with everything but its table and selection. */
    public ReadRequest.Builder request(Topology topology, ShardEntry shard) {
        return ReadRequest.newBuilder()
                .setGroup(shard.group().toWire())
                .setLevel(level)
                .setMaxStalenessMillis(maxStalenessMillis)
                .setMinimumIndex(session.minimum(shard.group()))
                .setSchemaVersion(topology.schema().version())
                .setSchemaHash(topology.schema().hash())
                .setEpoch(shard.epoch());
    }

    /** Place on the ring of replicas. */
    public long place() {
        return reader == null ? Forwarder.anyReader() : ReplicaRing.hash(reader);
    }
}

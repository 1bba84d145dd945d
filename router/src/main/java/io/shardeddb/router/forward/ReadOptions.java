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
 */
public record ReadOptions(
        ReadLevel level,
        int maxStalenessMillis,
        SessionToken session,
        @Nullable String reader) {

    /** A strong read. */
    public static final ReadOptions STRONG = new ReadOptions(ReadLevel.STRONG, 0, SessionToken.EMPTY, null);

    /** A request to a shard with everything but its table and selection. */
    ReadRequest.Builder request(Topology topology, ShardEntry shard) {
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
    long place() {
        return reader == null ? Forwarder.anyReader() : ReplicaRing.hash(reader);
    }
}

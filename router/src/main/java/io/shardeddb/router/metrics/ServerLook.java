package io.shardeddb.router.metrics;

import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.router.topology.GroupId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one server answered.
 *
 * @param server its name as given
 * @param address host:port of its gRPC endpoint
 * @param status what it said; null when it did not answer in time
 * @param answerMillis how long the answer took
 */
public record ServerLook(
        String server, String address, @Nullable ServerStatus status, double answerMillis) {

    /** Its replica of a shard. */
    public Optional<ReplicaStatus> replica(GroupId group) {
        ServerStatus told = status;
        return told == null
                ? Optional.empty()
                : told.getReplicasList().stream()
                        .filter(replica -> GroupId.ofWire(replica.getGroup()).equals(group))
                        .findFirst();
    }
}

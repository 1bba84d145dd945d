package io.shardeddb.operator.observe;

import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the servers of a database said just now.
 *
 * @param servers by server name; a server that did not answer is absent
 */
public record Observed(Map<String, ServerStatus> servers) {

    public Observed {
        servers = Map.copyOf(servers);
    }

    /** Why a server takes no writes; empty when it does, or when it was told not to, or does not answer. */
    public String readOnlyReason(String server) {
        ServerStatus status = servers.get(server);
        return status == null || status.getDraining() ? "" : status.getReadOnlyReason();
    }

    /** A server's replica of a group. */
    public Optional<ReplicaStatus> replica(String server, Uid group) {
        ServerStatus status = servers.get(server);
        if (status == null) {
            return Optional.empty();
        }
        return status.getReplicasList().stream()
                .filter(replica -> replica.getGroup().equals(group))
                .findFirst();
    }

    /** The server that leads a group: of those that say so, the one with the greatest term. */
    public @Nullable Leader leader(Uid group) {
        Leader best = null;
        for (Map.Entry<String, ServerStatus> entry : servers.entrySet()) {
            for (ReplicaStatus replica : entry.getValue().getReplicasList()) {
                boolean leads = replica.getGroup().equals(group)
                        && replica.getRole() == io.shardeddb.protocol.wire.ReplicaRole.LEADER;
                if (leads && (best == null || replica.getTerm() > best.status().getTerm())) {
                    best = new Leader(entry.getKey(), replica);
                }
            }
        }
        return best;
    }

    /**
     * A leader.
     *
     * @param server its server
     * @param status what it says of its group
     */
    public record Leader(String server, ReplicaStatus status) {}
}

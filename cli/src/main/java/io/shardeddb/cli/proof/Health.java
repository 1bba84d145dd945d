package io.shardeddb.cli.proof;

import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Judges whether all copies of a database's shards are as they should be. */
public final class Health {

    /** Entries that a healthy copy lacks are younger than this. */
    private static final long MAX_LAG_MILLIS = 1_000;

    private Health() {}

    /**
     * What is missing; empty when each shard has this many voters and all are healthy. The operator's report is some
     * moments old, and knows nothing yet of a process that was killed just now: so when it finds nothing the servers
     * themselves are asked.
     *
     * @param copies voters that each shard should have
     */
    public static List<String> faults(Cluster cluster, String database, int copies) {
        List<Shard> shards = cluster.shards(database);
        List<String> faults = new ArrayList<>();
        shards.forEach(shard -> faults.addAll(faults(shard, copies)));
        if (faults.isEmpty()) {
            try (Servers servers = Servers.of(cluster, database)) {
                Map<String, ServerStatus> statuses = servers.statuses();
                shards.forEach(shard -> faults.addAll(faults(shard, Servers.copies(shard, statuses))));
            }
        }
        return faults;
    }

    /** What is missing by what the servers say of their copies of a shard. */
    static List<String> faults(Shard shard, Map<String, ReplicaStatus> said) {
        String name = shard.getSpec().name();
        @Nullable
        String leader = Servers.leader(said).map(Servers.Leader::server).orElse(null);
        if (leader == null) {
            return List.of(name + ": no server says that it leads");
        }
        List<String> faults = new ArrayList<>();
        for (ShardReplicaSpec voter : shard.getSpec().replicas()) {
            @Nullable ReplicaStatus copy = said.get(voter.server());
            if (copy == null) {
                faults.add(name + ": " + voter.server() + " does not answer");
            } else if (!voter.server().equals(leader)
                    && !(copy.getRole() == ReplicaRole.FOLLOWER
                            && copy.getLeader().getServer().equals(leader))) {
                faults.add(name + ": " + voter.server() + " does not follow " + leader);
            }
        }
        for (MemberProgress progress : Objects.requireNonNull(said.get(leader)).getProgressList()) {
            if (progress.getLagMillis() > MAX_LAG_MILLIS) {
                faults.add(name + ": a copy lags by " + progress.getLagMillis() + " ms");
            }
        }
        return faults;
    }

    /** What is missing by what the operator reports. */
    static List<String> faults(Shard shard, int copies) {
        @Nullable ShardStatus status = shard.getStatus();
        List<String> faults = new ArrayList<>();
        String name = shard.getSpec().name();
        if (status == null || status.leader() == null) {
            faults.add(name + ": no leader");
            return faults;
        }
        List<ShardReplicaSpec> voters = shard.getSpec().replicas().stream()
                .filter(replica -> replica.role() == MemberRole.Voter)
                .toList();
        if (voters.size() != copies || shard.getSpec().replicas().size() != copies) {
            faults.add(name + ": " + voters.size() + " voters of " + copies);
        }
        for (ShardReplicaSpec voter : voters) {
            boolean healthy = status.replicas().stream()
                    .anyMatch(replica -> replica.server().equals(voter.server())
                            && Objects.equals(replica.memberId(), voter.memberId())
                            && isHealthy(replica));
            if (!healthy) {
                faults.add(name + ": " + voter.server() + " is not healthy");
            }
        }
        if (faults.isEmpty() && status.phase() != ShardPhase.Ready) {
            faults.add(name + ": " + status.phase());
        }
        return faults;
    }

    private static boolean isHealthy(ShardReplicaStatus replica) {
        return "Healthy".equals(replica.state());
    }
}

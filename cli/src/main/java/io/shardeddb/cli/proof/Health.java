package io.shardeddb.cli.proof;

import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Judges from a Shard object whether all its copies are as they should be. */
public final class Health {

    private Health() {}

    /**
     * What is missing; empty when the shard has this many voters and each is healthy.
     *
     * @param copies voters that it should have
     */
    public static List<String> faults(Shard shard, int copies) {
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

package io.shardeddb.operator.plan;

import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a decision about one shard rests on.
 *
 * @param group the group's uid
 * @param spec what the resource says
 * @param addresses per server that exists, host:port of its gRPC endpoint
 * @param observed what the servers said
 * @param schema the tables wanted; absent while there are none
 * @param preferredLeader server that a person wants to lead; absent: any
 * @param recoverFrom what a person asked for who recovers the shard from a lost quorum; absent: nothing
 */
public record ShardView(
        Uid group,
        ShardSpec spec,
        Map<String, String> addresses,
        Observed observed,
        @Nullable SchemaDefinition schema,
        @Nullable String preferredLeader,
        @Nullable String recoverFrom) {

    /** What became of a recorded member. */
    public enum Fate {
        /** Its server answers and has it. */
        LIVE,
        /** Its server does not answer: it may come back. */
        SILENT,
        /** Its server answers and has it no more (or may not use it any more): it never comes back. */
        LOST
    }

    /** The fate of a recorded member that has an id. */
    public Fate fate(ShardReplicaSpec member) {
        if (!observed.servers().containsKey(member.server())) {
            return addresses.containsKey(member.server()) ? Fate.SILENT : Fate.LOST;
        }
        Optional<ReplicaStatus> replica = observed.replica(member.server(), group);
        boolean there = replica.isPresent()
                && Uids.format(replica.get().getMember()).equals(member.memberId())
                && replica.get().getState() != ReplicaState.QUARANTINED;
        return there ? Fate.LIVE : Fate.LOST;
    }

    /** Whether the placement wants the shard on this server. */
    public boolean wanted(String server) {
        return spec.servers().contains(server);
    }

    /** The recorded member with an id. */
    public Optional<ShardReplicaSpec> member(Uid id) {
        String digits = Uids.format(id);
        return spec.replicas().stream()
                .filter(replica -> digits.equals(replica.memberId()))
                .findFirst();
    }

    /** Recorded members that have an id and are live or may come back, on servers that the placement wants. */
    public List<ShardReplicaSpec> standing() {
        return spec.replicas().stream()
                .filter(replica -> replica.memberId() != null && wanted(replica.server()) && fate(replica) != Fate.LOST)
                .toList();
    }

    /** Whether any server shows a log or a membership of the group. */
    public boolean started() {
        return observed.replicas(group).stream()
                .anyMatch(replica ->
                        replica.getLastIndex() > 0 || replica.getConfiguration().getVotersCount() > 0);
    }
}

package io.shardeddb.operator.plan;

import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing to do for a shard. Each is safe to repeat, and is guarded where it acts by what it was decided on. */
public sealed interface ShardStep {

    /** What it does, to follow "to". */
    default String purpose() {
        return switch (this) {
            case PrepareMember step -> "make a member on " + step.server();
            case RecordMembers _ -> "record the members";
            case Bootstrap step -> "start the shard on " + step.member().server();
            case ChangeMembership step -> "change the membership (" + step.why() + ")";
            case MoveLeader step -> "move the leadership (" + step.why() + ")";
            case Recover step -> "recover from " + step.request().server();
            case DefineSchema step -> "bring version " + step.schema().getVersion() + " of the tables";
            case Open _ -> "open the shard for writes";
            case DropReplica step -> "drop the replica on " + step.server();
            case Await step -> step.what();
            case Withhold step -> step.what();
        };
    }

    /** Make (or look up) the member on a server, then record its id at this place of the spec. */
    record PrepareMember(String server, String address) implements ShardStep {}

    /** Write the shard's members, by compare-and-set on the resource's version. */
    record RecordMembers(@Nullable String bootstrapMember, List<ShardReplicaSpec> replicas) implements ShardStep {}

    /** Start the group with one member. */
    record Bootstrap(ShardReplicaSpec member, @Nullable SchemaDefinition schema) implements ShardStep {}

    /** Change the membership, by compare-and-set on the committed configuration's index. */
    record ChangeMembership(String leader, long expectedIndex, GroupConfiguration target, String why)
            implements ShardStep {}

    /** Hand the leadership to a member. */
    record MoveLeader(String leader, Uid target, String why) implements ShardStep {}

    /** Go on from one member alone, compared by where its log ends; the others are lost. */
    record Recover(RecoveryRequest request, Uid member, List<String> lost) implements ShardStep {}

    /** Bring the tables to the shard. */
    record DefineSchema(String leader, SchemaDefinition schema) implements ShardStep {}

    /** Open the shard for clients' writes. */
    record Open(String leader) implements ShardStep {}

    /** Remove a replica that no committed configuration names. */
    record DropReplica(String server, String address, Uid member) implements ShardStep {}

    /** Nothing to do but wait for something named. */
    record Await(Reason reason, String what) implements ShardStep {}

    /** Something asked for would endanger data or service: it is not done. */
    record Withhold(Reason reason, String what) implements ShardStep {}
}

package io.shardeddb.operator.plan.database;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.protocol.wire.RankCandidatesRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a reconcile of a database does. Each is guarded by what it was decided on, so one that comes too late
 * does nothing.
 */
public sealed interface DatabaseStep {

    /** Steps that belong together, in this order: one that fails ends the steps of its stage. */
    enum Stage {
        TABLES,
        RECORD,
        OBJECTS,
        SHARDS_TOLD,
        FINALIZERS,
        PLACEMENT,
        TIMESTAMPS,
        TAKEDOWN,
        CREDENTIAL;

        /** Whether nothing of it may be done before what was accepted is recorded. */
        public boolean isAfterRecord() {
            return switch (this) {
                case OBJECTS, FINALIZERS, PLACEMENT, TIMESTAMPS, TAKEDOWN -> true;
                case TABLES, RECORD, SHARDS_TOLD, CREDENTIAL -> false;
            };
        }
    }

    /** The stage that it belongs to. */
    default Stage stage() {
        return switch (this) {
            case Tell _, TryTables _ -> Stage.TABLES;
            case Accept _ -> Stage.RECORD;
            case MakeSecret _, MakeObjects _ -> Stage.OBJECTS;
            case TellShards _ -> Stage.SHARDS_TOLD;
            case MarkShards _ -> Stage.FINALIZERS;
            case MakeShard _, PlaceShard _ -> Stage.PLACEMENT;
            case KeepTimestamps _ -> Stage.TIMESTAMPS;
            case RestartPod _, RemoveServer _, RankCandidates _, MoveLeader _ -> Stage.TAKEDOWN;
            case ChangeCredential _ -> Stage.CREDENTIAL;
        };
    }

    /**
     * An Event about the database.
     *
     * @param message a sentence for people
     */
    record News(Reason reason, String message) {}

    /** Tell of something that was decided. */
    record Tell(News news) implements DatabaseStep {}

    /** Let servers try tables. The result is observed later. */
    record TryTables(TableTrial trial) implements DatabaseStep {}

    /**
     * Record what was accepted.
     *
     * @param grounds what this depends on
     * @param news what to tell when it is recorded
     */
    record Accept(ShardedDatabase inForce, AcceptedRecord accepted, List<String> grounds, List<News> news)
            implements DatabaseStep {}

    /** Make the secret between the processes, before any process that mounts it. */
    record MakeSecret(ShardedDatabase inForce) implements DatabaseStep {}

    /**
     * Bring the objects to the spec in force.
     *
     * @param grounds what this depends on
     * @param roster servers wanted
     * @param names of their StatefulSets, by server
     */
    record MakeObjects(ShardedDatabase inForce, List<String> grounds, List<String> roster, Map<String, String> names)
            implements DatabaseStep {}

    /**
     * Hand the reconciles of the shards what they need, and wake those that something has changed for.
     *
     * @param recorded when what was accepted is recorded
     * @param otherwise when it could not be recorded
     */
    record TellShards(DatabaseView recorded, DatabaseView otherwise) implements DatabaseStep {}

    /** Put the finalizer on shards that lack it. */
    record MarkShards(List<Shard> shards) implements DatabaseStep {}

    /** Make a shard's resource. */
    record MakeShard(Shard shard, News news) implements DatabaseStep {}

    /**
     * Write down other servers of a shard.
     *
     * @param shard as it is
     * @param placed as it is to be
     * @param news absent: the servers stay as they are
     */
    record PlaceShard(
            Shard shard, ShardSpec placed, @Nullable News news) implements DatabaseStep {}

    /**
     * Take the steps of {@link io.shardeddb.operator.plan.TimestampPlan}, each planned from what the step before left.
     */
    record KeepTimestamps(ShardedDatabase inForce, List<String> roster) implements DatabaseStep {}

    /** Delete exactly this pod, so that it comes back with its new template. */
    record RestartPod(ShardedDatabase inForce, String server, Pod pod) implements DatabaseStep {}

    /** Remove an emptied server, if each group's leader proves by a commit that it is in no membership. */
    record RemoveServer(ShardedDatabase inForce, String server) implements DatabaseStep {}

    /** Tell a server which of its replicas stand later than others when a leader is gone. */
    record RankCandidates(String server, String address, RankCandidatesRequest ranks) implements DatabaseStep {}

    /** Move a leadership. */
    record MoveLeader(Shard shard, ShardStep.MoveLeader move) implements DatabaseStep {}

    /**
     * Take the next step of {@link io.shardeddb.operator.plan.CredentialPlan}, if every process is ready for it.
     *
     * @param mayAct whether anything may be changed
     */
    record ChangeCredential(ShardedDatabase inForce, boolean mayAct) implements DatabaseStep {}
}

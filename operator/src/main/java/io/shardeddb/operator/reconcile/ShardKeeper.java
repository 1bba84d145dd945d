package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.plan.ShardStep.Withhold;
import io.shardeddb.operator.plan.database.ObservedDatabase;
import io.shardeddb.operator.report.EventLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Shard objects from going with the last knowledge of their groups. Each carries a finalizer while its database
 * lives. One that somebody deletes is let go when the accepted record holds what puts it back. The finalizer holds up
 * neither a database that goes, nor a namespace: without a living database it is taken off at once, whatever went
 * first.
 */
final class ShardKeeper {

    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final ObjectWriter writer;
    private final EventLog events;

    ShardKeeper(KubernetesClient client, ObjectWriter writer, EventLog events) {
        this.client = client;
        this.writer = writer;
        this.events = events;
    }

    /** Puts the finalizer on shards that do not have it, such as those of an earlier operator. */
    void mark(List<Shard> shards) throws StepFailed {
        for (Shard shard : shards) {
            if (shard.getMetadata().getDeletionTimestamp() == null && !isMarked(shard)) {
                List<String> finalizers = new ArrayList<>(shard.getMetadata().getFinalizers());
                finalizers.add(ApiNames.SHARD_FINALIZER);
                write(shard, finalizers);
            }
        }
    }

    /** Takes the finalizer off all shards of a database that goes. */
    void letGo(List<Shard> shards) throws StepFailed {
        for (Shard shard : shards) {
            unmark(shard);
        }
    }

    /**
     * Lets a shard go that somebody deleted, if nothing is forgotten with it.
     *
     * @return why it stays; absent when it goes
     * @throws StepFailed when Kubernetes does not say what is there, or refuses
     */
    Optional<Withhold> deleted(Shard shard) throws StepFailed {
        if (!isMarked(shard)) {
            return Optional.empty();
        }
        ShardedDatabase database = database(shard);
        if (database == null) {
            unmark(shard);
            return Optional.empty();
        }
        String record = Naming.accepted(database.getMetadata().getName());
        AcceptedRecord accepted = accepted(database, record);
        String name = shard.getSpec().name();
        if (accepted == null || !accepted.holds(shard)) {
            return Optional.of(new Withhold(
                    Reason.LastKnowledge,
                    "the object of shard " + name + " was deleted, and stays: ConfigMap " + record
                            + " does not tell its group and positions, so nothing could put it back. Correct the"
                            + " database's spec or end its pause, or put the ConfigMap back"));
        }
        AcceptedRecord.KnownGroup group = accepted.started(name);
        events.worse(
                database,
                Reason.ShardDeleted,
                "somebody deleted the object of shard " + name + "; "
                        + (group == null
                                ? "it had not begun and is made anew"
                                : "it is put back with group " + group.uid()));
        unmark(shard);
        return Optional.empty();
    }

    /** The database of a shard, read again; absent when it is gone or goes, or is another one of that name. */
    private @Nullable ShardedDatabase database(Shard shard) throws StepFailed {
        ShardedDatabase database = read(() -> client.resources(ShardedDatabase.class)
                .inNamespace(shard.getMetadata().getNamespace())
                .withName(shard.getSpec().database())
                .get());
        boolean lives = database != null
                && database.getMetadata().getDeletionTimestamp() == null
                && shard.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner ->
                                owner.getUid().equals(database.getMetadata().getUid()));
        return lives ? database : null;
    }

    /** What was accepted, read again; absent when it is gone, is another database's, or cannot be read. */
    private @Nullable AcceptedRecord accepted(ShardedDatabase database, String record) throws StepFailed {
        ConfigMap map = read(() -> client.configMaps()
                .inNamespace(database.getMetadata().getNamespace())
                .withName(record)
                .get());
        return map == null || !ObservedDatabase.isOwned(map, database) ? null : AcceptedRecord.read(map);
    }

    /** Something to read. */
    private interface Read<R> {
        @Nullable
        R get();
    }

    private static <R> @Nullable R read(Read<R> read) throws StepFailed {
        try {
            return read.get();
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
                return null;
            }
            throw StepFailed.of("looking for the database of a deleted shard", e);
        }
    }

    private static boolean isMarked(Shard shard) {
        return shard.getMetadata().getFinalizers().contains(ApiNames.SHARD_FINALIZER);
    }

    private void unmark(Shard shard) throws StepFailed {
        if (isMarked(shard)) {
            List<String> finalizers = new ArrayList<>(shard.getMetadata().getFinalizers());
            finalizers.remove(ApiNames.SHARD_FINALIZER);
            write(shard, finalizers);
        }
    }

    /** By replacement with the resource's version: what was seen is what is written back. */
    private void write(Shard shard, List<String> finalizers) throws StepFailed {
        Shard changed = new Shard();
        changed.setMetadata(
                shard.getMetadata().edit().withFinalizers(finalizers).build());
        changed.setSpec(shard.getSpec());
        changed.setStatus(shard.getStatus());
        Shard stored = writer.replace(changed);
        // What is written behind this compares with it.
        shard.setMetadata(stored.getMetadata());
    }
}

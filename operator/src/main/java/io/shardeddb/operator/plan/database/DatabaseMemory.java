package io.shardeddb.operator.plan.database;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.plan.LeaderMemory;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.Hysteresis;
import io.shardeddb.operator.report.ServerWarnings;
import io.shardeddb.protocol.wire.ServerStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one reconcile of a database hands to the next, so that one of an unchanged database costs little. A value.
 * Nothing that is safe rests on it: an operator that has forgotten everything does the same work once more.
 *
 * @param hysteresis refusals that may be over in a moment
 * @param serverWarnings servers that were reported
 * @param record what was accepted, as it was read last
 * @param made what all objects depended on when they were found as they should be
 * @param recorded what the record depended on when it was found as it should be
 * @param told what the shards were told last
 * @param proposed hash of the tables that were told as proposed; "" for those that are accepted
 * @param leaders what is known of leaderships
 */
public record DatabaseMemory(
        Hysteresis hysteresis,
        ServerWarnings serverWarnings,
        ReadRecord record,
        List<String> made,
        List<String> recorded,
        Told told,
        String proposed,
        LeaderMemory leaders) {

    /** What is remembered of a database that is reconciled for the first time. */
    public static final DatabaseMemory NONE = new DatabaseMemory(
            Hysteresis.NONE,
            ServerWarnings.NONE,
            new ReadRecord("", null, false),
            List.of(),
            List.of(),
            new Told(Map.of(), Map.of(), null),
            "",
            LeaderMemory.NONE);

    /**
     * The record of what was accepted.
     *
     * @param version of the ConfigMap that it was read from
     * @param accepted its content; absent when there was none that could be read
     * @param own whether the ConfigMap was this database's own
     */
    public record ReadRecord(String version, @Nullable AcceptedRecord accepted, boolean own) {

        /**
         * The same by now, read again only when the ConfigMap has changed. One that somebody deleted, edited or
         * replaced by an older one is remembered, and so made again.
         *
         * @param owned whether it is this database's own; what an earlier one of the name left behind is not remembered
         */
        ReadRecord by(@Nullable ConfigMap map, boolean owned) {
            if (map == null) {
                return this;
            }
            String now = map.getMetadata().getUid() + " " + map.getMetadata().getResourceVersion();
            if (now.equals(version)) {
                return new ReadRecord(version, accepted, owned);
            }
            AcceptedRecord found = AcceptedRecord.read(map);
            boolean keeps = own && owned && (found == null || found.isBefore(accepted));
            return new ReadRecord(now, keeps ? accepted : found, owned);
        }

        /** What counts: without a ConfigMap only what was the database's own. */
        @Nullable
        AcceptedRecord inForce(@Nullable ConfigMap map) {
            return map == null && !own ? null : accepted;
        }
    }

    /**
     * What the shards were told last.
     *
     * @param servers what was seen of each server
     * @param shards what was asked of each shard, by uid
     * @param view absent: they were told nothing yet
     */
    public record Told(
            Map<String, String> servers,
            Map<String, String> shards,
            @Nullable DatabaseView view) {}

    /** All that the making of objects depends on: the spec, and what each object says that it was made from. */
    static List<String> grounds(ShardedDatabase database, Related related) {
        List<String> grounds = new ArrayList<>();
        grounds.add(
                database.getMetadata().getUid() + " " + database.getMetadata().getGeneration());
        related.services().forEach(object -> grounds.add(ground(object)));
        related.sets().forEach(object -> grounds.add(ground(object)));
        related.deployments().forEach(object -> grounds.add(ground(object)));
        return grounds;
    }

    private static String ground(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName() + " "
                + object.getMetadata().getUid() + " " + object.getMetadata().getAnnotations();
    }

    /**
     * All that the record of what was accepted depends on: the spec, what was decided, the record before, and the
     * shards.
     */
    static List<String> recordGrounds(ShardedDatabase database, AcceptedRecord accepted, Related related) {
        List<String> grounds = new ArrayList<>();
        AcceptedRecord.TablesInForce inForce = accepted.inForce();
        grounds.add(accepted.schemaVersion() + " " + accepted.schemaHash() + " "
                + (inForce == null ? 0 : inForce.version()));
        grounds.add(new TreeSet<>(accepted.permissions().open()) + " "
                + new TreeSet<>(accepted.permissions().spent()));
        grounds.add(
                database.getMetadata().getUid() + " " + database.getMetadata().getGeneration());
        related.records()
                .forEach(map -> grounds.add(map.getMetadata().getName() + " "
                        + map.getMetadata().getUid() + " " + map.getMetadata().getResourceVersion()));
        related.shards()
                .forEach(shard -> grounds.add(shard.getMetadata().getUid() + " "
                        + shard.getMetadata().getGeneration() + " "
                        + (shard.getStatus() == null ? null : shard.getStatus().schemaVersion())));
        return grounds;
    }

    /** The same after a step that found everything as it should be. */
    public DatabaseMemory found(DatabaseStep step) {
        return switch (step) {
            case DatabaseStep.Accept accept ->
                new DatabaseMemory(hysteresis, serverWarnings, record, made, accept.grounds(), told, proposed, leaders);
            case DatabaseStep.MakeObjects objects ->
                new DatabaseMemory(
                        hysteresis, serverWarnings, record, objects.grounds(), recorded, told, proposed, leaders);
            default -> this;
        };
    }

    /** The same after a record was written, which the cache may not show yet. */
    public DatabaseMemory wrote(@Nullable AcceptedRecord accepted) {
        return accepted == null || !record.own() ? this : record(new ReadRecord(record.version(), accepted, true));
    }

    DatabaseMemory record(ReadRecord by) {
        return new DatabaseMemory(hysteresis, serverWarnings, by, made, recorded, told, proposed, leaders);
    }

    DatabaseMemory proposed(String tables) {
        return new DatabaseMemory(hysteresis, serverWarnings, record, made, recorded, told, tables, leaders);
    }

    /** The same with what is known of leaderships by now. */
    public DatabaseMemory leaders(LeaderMemory by) {
        return new DatabaseMemory(hysteresis, serverWarnings, record, made, recorded, told, proposed, by);
    }

    /** The same with what was reported. */
    public DatabaseMemory reported(Hysteresis standing, ServerWarnings warnings) {
        return new DatabaseMemory(standing, warnings, record, made, recorded, told, proposed, leaders);
    }

    /** The same with what the shards are told now. */
    public DatabaseMemory told(DatabaseObservation observation, List<Shard> all, DatabaseView view) {
        Map<String, String> servers = new HashMap<>();
        Set<String> names = new HashSet<>(observation.pods().keySet());
        names.addAll(observation.servers().servers().keySet());
        names.forEach(name -> servers.put(name, state(name, observation)));
        Map<String, String> shards = new HashMap<>();
        all.forEach(shard -> shards.put(
                shard.getMetadata().getUid(), String.valueOf(shard.getMetadata().getAnnotations())));
        return new DatabaseMemory(
                hysteresis, serverWarnings, record, made, recorded, new Told(servers, shards, view), proposed, leaders);
    }

    /**
     * Shards that something has changed for since an earlier reconcile: a server of theirs, what is asked of them, or
     * what all shards are told. None after the first reconcile, because then each shard is reconciled anyway. One that
     * has no status was never looked at: the news of an object may be lost if one of its name has just gone.
     */
    public List<Shard> concerned(DatabaseMemory before, List<Shard> all) {
        DatabaseView toldBefore = before.told.view();
        if (toldBefore == null) {
            return List.of();
        }
        Set<String> changed = new HashSet<>(told.servers().keySet());
        changed.addAll(before.told.servers().keySet());
        changed.removeIf(name ->
                Objects.equals(before.told.servers().get(name), told.servers().get(name)));
        return all.stream()
                .filter(shard -> {
                    String uid = shard.getMetadata().getUid();
                    return shard.getStatus() == null
                            || !toldBefore.equals(told.view())
                            || names(shard).stream().anyMatch(changed::contains)
                            || !Objects.equals(
                                    before.told.shards().get(uid), told.shards().get(uid));
                })
                .toList();
    }

    private static String state(String server, DatabaseObservation observation) {
        var pod = observation.pods().get(server);
        ServerStatus status = observation.servers().servers().get(server);
        return (pod == null ? "no pod" : pod.getMetadata().getUid() + " " + observation.ready(server))
                + (status == null
                        ? " silent"
                        : " " + Uids.format(status.getVolume()) + " " + status.getBootCounter()
                                + status.getMysqlReachable() + status.getDraining() + status.getReadOnlyReason());
    }

    private static Set<String> names(Shard shard) {
        Set<String> names = new HashSet<>(shard.getSpec().servers());
        shard.getSpec().replicas().stream().map(ShardReplicaSpec::server).forEach(names::add);
        return names;
    }
}

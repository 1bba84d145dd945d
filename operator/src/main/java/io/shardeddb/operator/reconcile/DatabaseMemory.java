package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.Patience;
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
 * What is remembered of a database between two looks, so that a look at an unchanged one costs little. Nothing that is decided rests on it
 * alone: an operator that has forgotten everything does the same work once more.
 */
final class DatabaseMemory {

    private Patience patience = Patience.NONE;
    private ServerWarnings serverWarnings = ServerWarnings.NONE;
    private String recordVersion = "";
    private @Nullable AcceptedRecord record;
    private boolean own;
    private @Nullable Observed heard;
    private List<String> made = List.of();
    private List<String> recorded = List.of();
    private Map<String, String> servers = Map.of();
    private Map<String, String> shards = Map.of();
    private DatabaseViews.@Nullable DatabaseView view;
    private String proposed = "";

    synchronized Patience patience() {
        return patience;
    }

    synchronized void patience(Patience standing) {
        patience = standing;
    }

    synchronized ServerWarnings serverWarnings() {
        return serverWarnings;
    }

    synchronized void serverWarnings(ServerWarnings warnings) {
        serverWarnings = warnings;
    }

    /**
     * What was accepted, read again only when the ConfigMap has changed. One that somebody deleted, edited or replaced by an older one is
     * remembered, and so made again.
     *
     * @param owned whether it is this database's own; what an earlier one of the name left behind is not remembered
     */
    synchronized @Nullable AcceptedRecord accepted(@Nullable ConfigMap map, boolean owned) {
        if (map == null) {
            return own ? record : null;
        }
        boolean remembered = own && owned;
        own = owned;
        String version = map.getMetadata().getUid() + " " + map.getMetadata().getResourceVersion();
        if (!version.equals(recordVersion)) {
            AcceptedRecord found = AcceptedRecord.read(map);
            record = remembered && (found == null || found.isBefore(record)) ? record : found;
            recordVersion = version;
        }
        return record;
    }

    /** A record was written, which the cache may not show yet. */
    synchronized void wrote(AcceptedRecord accepted) {
        if (own) {
            record = accepted;
        }
    }

    /** What servers said in the last look; absent in the first one. */
    synchronized @Nullable Observed heard() {
        return heard;
    }

    synchronized void heard(Observed said) {
        heard = said;
    }

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

    /** Whether these tables were not asked for in the last look; "" for those that are accepted. */
    synchronized boolean proposes(String tables) {
        boolean other = !tables.equals(proposed);
        proposed = tables;
        return other;
    }

    /** All that the record of what was accepted depends on: the spec, what was decided, the record before, and the shards. */
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

    private static String ground(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName() + " "
                + object.getMetadata().getUid() + " " + object.getMetadata().getAnnotations();
    }

    /** Whether all objects were found as they shall be when these were the grounds. */
    synchronized boolean isMade(List<String> grounds) {
        return grounds.equals(made);
    }

    synchronized void made(List<String> grounds) {
        made = grounds;
    }

    /** Whether what was accepted was found recorded when these were the grounds. */
    synchronized boolean isRecorded(List<String> grounds) {
        return grounds.equals(recorded);
    }

    synchronized void recorded(List<String> grounds) {
        recorded = grounds;
    }

    /**
     * Shards that something has changed for since the last look: a server of theirs, what is asked of them, or what all shards are told.
     * None in the first look, because then each shard is looked at anyway.
     */
    synchronized List<Shard> concerned(
            DatabaseObservation observation, List<Shard> all, DatabaseViews.DatabaseView toldNow) {
        Map<String, String> serversNow = new HashMap<>();
        Set<String> names = new HashSet<>(observation.pods().keySet());
        names.addAll(observation.servers().servers().keySet());
        names.forEach(name -> serversNow.put(name, state(name, observation)));
        Map<String, String> shardsNow = new HashMap<>();
        all.forEach(shard -> shardsNow.put(
                shard.getMetadata().getUid(), String.valueOf(shard.getMetadata().getAnnotations())));
        Set<String> changed = new HashSet<>(names);
        changed.addAll(servers.keySet());
        changed.removeIf(name -> Objects.equals(servers.get(name), serversNow.get(name)));
        DatabaseViews.DatabaseView told = view;
        List<Shard> concerned = told == null
                ? List.of()
                : all.stream()
                        .filter(shard -> !told.equals(toldNow)
                                || names(shard).stream().anyMatch(changed::contains)
                                || !Objects.equals(
                                        shards.get(shard.getMetadata().getUid()),
                                        shardsNow.get(shard.getMetadata().getUid())))
                        .toList();
        servers = serversNow;
        shards = shardsNow;
        view = toldNow;
        return concerned;
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

package io.shardeddb.operator.plan.database;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Related;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that one reconcile of a database observed before it decides.
 *
 * @param asked the resource, with its spec expanded: collections and spaces are tables here
 * @param declared the spec as the resource has it
 * @param related what belongs to it
 * @param observation the same by name, and what the servers said
 * @param hasCredential whether its secret is known to be made
 * @param trial what is known of the tables that were tried last; absent: none were
 */
public record ObservedDatabase(
        ShardedDatabase asked,
        ShardedDatabaseSpec declared,
        Related related,
        DatabaseObservation observation,
        boolean hasCredential,
        TableTrial.@Nullable Told trial) {

    /** What was observed of a resource as it is. */
    public static ObservedDatabase of(
            ShardedDatabase resource,
            Related related,
            DatabaseObservation observation,
            boolean hasCredential,
            TableTrial.@Nullable Told trial) {
        ShardedDatabase asked = new ShardedDatabase();
        asked.setMetadata(resource.getMetadata());
        asked.setStatus(resource.getStatus());
        asked.setSpec(resource.getSpec().expanded());
        return new ObservedDatabase(asked, resource.getSpec(), related, observation, hasCredential, trial);
    }

    /** The ConfigMap with what was accepted. */
    public @Nullable ConfigMap record() {
        return Related.find(
                related.records(), Naming.accepted(asked.getMetadata().getName()));
    }

    /** The token as it is recorded. */
    public @Nullable Disruption token() {
        return asked.getStatus() == null ? null : asked.getStatus().disruption();
    }

    /** Of all servers, host:port by name. */
    public Map<String, String> addresses() {
        return addresses(asked, observation.sets());
    }

    /** Of a database's servers, host:port by name. */
    public static Map<String, String> addresses(ShardedDatabase database, Map<String, StatefulSet> sets) {
        Map<String, String> addresses = new TreeMap<>();
        sets.forEach((server, set) ->
                addresses.put(server, Naming.address(database, set.getMetadata().getName())));
        return addresses;
    }

    /** Whether a record is this database's own, and not what an earlier one of its name left behind. */
    public static boolean isOwned(@Nullable ConfigMap record, ShardedDatabase database) {
        return record != null
                && record.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner ->
                                owner.getUid().equals(database.getMetadata().getUid()));
    }
}

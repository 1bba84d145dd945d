package io.shardeddb.router.http.admin;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.ServerStatus;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.router.topology.ServerEntry;
import io.shardeddb.router.topology.Topology;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges whether the operator has brought a database to where an edit of its spec wants it. Pure. */
final class ClusterProgress {

    private static final String NOT_TAKEN_UP = "the operator has not taken up the change yet";

    private ClusterProgress() {}

    /**
     * What is still missing, for people; null when the status speaks of this generation, says Ready, lists the servers
     * wanted and no others, and the router knows all of it.
     *
     * @param generation of the object as the edit left it
     * @param wanted the spec as the edit made it
     * @param known what this router routes by
     */
    static @Nullable String pending(
            ShardedDatabase database, long generation, ShardedDatabaseSpec wanted, Topology known) {
        ShardedDatabaseStatus status = database.getStatus();
        Long observed = status == null ? null : status.observedGeneration();
        if (status == null || observed == null || observed < generation) {
            return NOT_TAKEN_UP;
        }
        Condition ready = status.condition(ConditionType.Ready);
        if (ready == null || !"True".equals(ready.getStatus())) {
            return ready == null ? NOT_TAKEN_UP : ready.getMessage();
        }
        Set<String> there =
                status.servers().stream().map(ServerStatus::name).collect(Collectors.toCollection(TreeSet::new));
        Set<String> named = wanted.servers().named().stream()
                .map(NamedServerSpec::name)
                .collect(Collectors.toCollection(TreeSet::new));
        int count = Math.max(named.size(), wanted.servers().count());
        if (there.size() > count) {
            Set<String> leaving = new TreeSet<>(there);
            leaving.removeAll(named);
            return "servers that go are still there; there are " + there.size() + " of " + count + ", leaving "
                    + leaving;
        }
        if (there.size() < count || !there.containsAll(named)) {
            return "there are the servers " + there + ", and " + count + " are wanted, with " + named + " among them";
        }
        Set<String> routed =
                known.servers().stream().map(ServerEntry::name).collect(Collectors.toCollection(TreeSet::new));
        // Tables come into force in shards: without one there is nothing to wait for.
        boolean hasShards = !wanted.shards().isEmpty() || wanted.shardCount() != null;
        if (!routed.equals(there)
                || known.shards().size() < wanted.shards().size()
                || (hasShards
                        && known.schema().tables().size()
                                < wanted.expanded().tables().size())) {
            return "the router has not learned of the change yet";
        }
        return null;
    }
}

package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.act.DatabaseObjects;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.plan.database.TakedownPlan;
import io.shardeddb.operator.report.EventLog;
import java.util.HashMap;
import java.util.Map;

/**
 * Removes a server when every group's leader has just proved, by a commit, that it leads and that the server is in no
 * membership.
 */
final class ServerRemoval {

    private final DatabaseObjects objects;
    private final ShardActor actor;
    private final ServerPoll poll;
    private final EventLog events;

    ServerRemoval(DatabaseObjects objects, ShardActor actor, ServerPoll poll, EventLog events) {
        this.objects = objects;
        this.actor = actor;
        this.poll = poll;
        this.events = events;
    }

    void remove(ShardedDatabase database, DatabaseObservation observation, String server)
            throws StepFailed, InterruptedException {
        StatefulSet set = observation.sets().get(server);
        if (set == null) {
            return;
        }
        Map<String, String> addresses = new HashMap<>();
        for (Shard shard : observation.shards().values()) {
            Observed.Leader leader = observation.servers().leader(Uids.ofResource(shard.groupUid()));
            String address = leader == null ? null : TakedownPlan.address(shard, leader.server());
            if (leader == null || address == null) {
                throw new StepFailed(
                        "shard " + shard.getSpec().name() + " has no leader that could confirm its members");
            }
            actor.confirm(shard, leader.server(), address, leader.status().getOpen());
            addresses.put(leader.server(), address);
        }
        Refusal refusal = TakedownPlan.mayRemove(server, observation, poll.ask(addresses));
        if (refusal != null) {
            throw new StepFailed("not removing " + refusal);
        }
        objects.removeServer(database, set, database.getSpec().deletionPolicy() == DeletionPolicy.Delete);
        events.done(database, Reason.ServerRemoved, "removed server " + server + ": it holds no shard any more");
    }
}

package io.shardeddb.server.group;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LeaderUpdate;
import io.shardeddb.server.log.ConfigurationCodec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Who leads what, as known here, for those who watch. */
public final class LeaderWatch {
    private final Map<GroupId, LeaderHint> leaders = new LinkedHashMap<>();
    private final List<Predicate<LeaderUpdate>> watchers = new CopyOnWriteArrayList<>();

    /**
     * Sends everything known, then each change.
     *
     * @param watcher says whether it wants more; must not block
     */
    public synchronized void watch(Predicate<LeaderUpdate> watcher) {
        boolean wanted = true;
        for (Map.Entry<GroupId, LeaderHint> known : leaders.entrySet()) {
            wanted = wanted && watcher.test(update(known.getKey(), known.getValue()));
        }
        if (wanted
                && watcher.test(
                        LeaderUpdate.newBuilder().setSnapshotComplete(true).build())) {
            watchers.add(watcher);
        }
    }

    /** Tells all watchers of a group's leader, if it is another one than before. */
    public synchronized void changed(GroupId group, LeaderHint hint) {
        if (!hint.equals(leaders.put(group, hint))) {
            LeaderUpdate update = update(group, hint);
            watchers.removeIf(watcher -> !watcher.test(update));
        }
    }

    /** Forgets a group that is no longer here. Nobody is told. */
    public synchronized void gone(GroupId group) {
        leaders.remove(group);
    }

    private static LeaderUpdate update(GroupId group, LeaderHint hint) {
        return LeaderUpdate.newBuilder()
                .setGroup(ConfigurationCodec.uid(group))
                .setLeader(hint)
                .build();
    }
}

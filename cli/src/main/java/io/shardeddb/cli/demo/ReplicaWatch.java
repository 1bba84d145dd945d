package io.shardeddb.cli.demo;

import io.shardeddb.cli.proof.Timeline;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells each change that the operator reports of one server's replicas. */
final class ReplicaWatch {

    private static final int ID_LETTERS = 8;

    private final Timeline timeline;
    private final String server;
    private final Map<String, String> told = new HashMap<>();

    ReplicaWatch(Timeline timeline, String server) {
        this.timeline = timeline;
        this.server = server;
    }

    /** Tells what is new since the last call. */
    void show(List<Shard> shards) {
        for (Shard shard : shards) {
            String name = shard.getSpec().name();
            String now = describe(shard);
            @Nullable String before = told.put(name, now);
            boolean firstAndFine = before == null && now.endsWith("healthy");
            if (!now.equals(before) && !firstAndFine) {
                timeline.say("  " + name + " on " + server + ": " + now);
            }
        }
    }

    private String describe(Shard shard) {
        @Nullable ShardStatus status = shard.getStatus();
        if (status == null) {
            return "no status";
        }
        return status.replicas().stream()
                .filter(replica -> replica.server().equals(server))
                .reduce((first, last) -> last)
                .map(ReplicaWatch::describe)
                .orElse("no replica");
    }

    private static String describe(ShardReplicaStatus replica) {
        @Nullable String member = replica.memberId();
        return "member " + (member == null ? "-" : member.substring(0, Math.min(ID_LETTERS, member.length())))
                + ("Learner".equals(replica.role()) ? " (learner) " : " ")
                + (replica.copy() == null ? "" : "copy " + replica.copy() + ", ")
                + replica.state().toLowerCase(Locale.ROOT);
    }
}

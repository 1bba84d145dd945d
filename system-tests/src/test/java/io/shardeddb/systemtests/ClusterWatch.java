package io.shardeddb.systemtests;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardedDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a database through the API again and again, as a person with {@code kubectl get -w} would: which copies were
 * made, how many servers were down at once, and whether the status ever claimed what was not so.
 */
final class ClusterWatch implements AutoCloseable {

    private static final long PERIOD_MILLIS = 200;
    /** A status is written after what it speaks of; for longer than this it may not be wrong. */
    private static final long LATE_NANOS = Duration.ofSeconds(3).toNanos();

    private final Cluster cluster;
    private final String database;
    private final Set<String> members = new HashSet<>();
    private final Map<String, Long> wrongSince = new LinkedHashMap<>();
    private final List<String> untruths = new ArrayList<>();
    private final Set<String> readyServers = new HashSet<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private int mostDown;

    ClusterWatch(Cluster cluster, String database) {
        this.cluster = cluster;
        this.database = database;
        look();
        this.thread = Thread.ofPlatform().name("cluster-watch").daemon().start(this::run);
    }

    private void run() {
        try {
            while (!stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        ShardedDatabase before;
        List<Shard> shards;
        List<Pod> pods;
        ShardedDatabase after;
        try {
            before = cluster.database(database);
            shards = cluster.shards(database);
            pods = cluster.pods();
            after = cluster.database(database);
        } catch (CommandFailure unanswered) {
            // The API is busy: nothing was seen. That the watch sees something at all is checked by the copies it
            // counts.
            return;
        }
        judge(before, shards, pods, after);
    }

    private synchronized void judge(ShardedDatabase before, List<Shard> shards, List<Pod> pods, ShardedDatabase after) {
        for (Shard shard : shards) {
            for (ShardReplicaSpec member : shard.getSpec().replicas()) {
                members.add(shard.getSpec().name() + " " + member.memberId());
            }
        }
        Set<String> up = new HashSet<>();
        Set<String> there = new HashSet<>();
        for (Pod pod : pods) {
            @Nullable String server = Cluster.serverName(pod);
            if (server != null) {
                there.add(server);
                if (isReady(pod)) {
                    up.add(server);
                }
            }
        }
        // A server counts as down when it was ready once; one that leaves for good is emptied before.
        int down = (int) before.getStatus().servers().stream()
                .filter(server -> !server.phase().equals("Draining"))
                .filter(server -> readyServers.contains(server.name()) && !up.contains(server.name()))
                .count();
        mostDown = Math.max(mostDown, down);
        readyServers.retainAll(there.isEmpty() ? readyServers : union(there, names(before)));
        readyServers.addAll(up);
        List<String> wrong = new ArrayList<>();
        if (!is(after, ConditionType.DataSafe)) {
            wrong.add("DataSafe is not True");
        }
        shards.stream()
                .filter(shard -> shard.getStatus() != null && shard.getStatus().phase() == ShardPhase.Unavailable)
                .forEach(shard -> wrong.add(shard.getSpec().name() + " is Unavailable"));
        if (settled(before) && settled(after)) {
            wrong.addAll(claimed(after, shards, up));
        }
        note(wrong);
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    private static Set<String> names(ShardedDatabase database) {
        Set<String> names = new HashSet<>();
        database.getStatus().servers().forEach(server -> names.add(server.name()));
        return names;
    }

    /** What is not as a settled status says. */
    private static List<String> claimed(ShardedDatabase database, List<Shard> shards, Set<String> up) {
        List<String> wrong = new ArrayList<>();
        int servers = database.getSpec().servers().count();
        int copies = database.getSpec().replication().replicas();
        if (up.size() != servers) {
            wrong.add("settled, and not all servers are ready");
        }
        for (Shard shard : shards) {
            boolean whole = shard.getSpec().replicas().size() == copies
                    && shard.getSpec().replicas().stream().allMatch(member -> member.role() == MemberRole.Voter);
            if (!whole) {
                wrong.add("settled, and " + shard.getSpec().name() + " has not its copies");
            }
        }
        return wrong;
    }

    private void note(List<String> wrong) {
        long now = System.nanoTime();
        wrongSince.keySet().retainAll(wrong);
        for (String each : wrong) {
            long since = wrongSince.computeIfAbsent(each, key -> now);
            if (now - since > LATE_NANOS && !untruths.contains(each)) {
                untruths.add(each);
            }
        }
    }

    /** Whether a status says that the spec is carried out. */
    static boolean settled(ShardedDatabase database) {
        return is(database, ConditionType.Ready) && isNot(database, ConditionType.Progressing);
    }

    private static boolean is(ShardedDatabase database, ConditionType type) {
        return has(database, type, "True");
    }

    private static boolean isNot(ShardedDatabase database, ConditionType type) {
        return has(database, type, "False");
    }

    private static boolean has(ShardedDatabase database, ConditionType type, String value) {
        @Nullable
        Condition condition =
                database.getStatus() == null ? null : database.getStatus().condition(type);
        return condition != null
                && value.equals(condition.getStatus())
                && Objects.equals(
                        condition.getObservedGeneration(),
                        database.getMetadata().getGeneration());
    }

    private static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                condition.getType().equals("Ready") && "True".equals(condition.getStatus()));
    }

    /** Copies seen so far, each counted once however long it lived. */
    synchronized int copies() {
        return members.size();
    }

    /** Servers that were down at once, at most, since the last call. */
    synchronized int mostDown() {
        int most = mostDown;
        mostDown = 0;
        return most;
    }

    /** What the status said and was not so for seconds. */
    synchronized List<String> untruths() {
        return List.copyOf(untruths);
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }
}

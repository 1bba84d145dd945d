package io.shardeddb.cli.verify;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.proof.FaultSwitch;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Health;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.Timeline;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Breaks one thing after the other, and lets the database recover in between: two faults at once may cost a quorum. */
final class FaultLoop {

    private static final Waiter RECOVERY = Waiter.of(Duration.ofMinutes(2), 200);

    private final Cluster cluster;
    private final String database;
    private final int copies;
    private final Faults faults;
    private final Timeline timeline;
    private final Random random;

    FaultLoop(Cluster cluster, ShardedDatabase database, Faults faults, Timeline timeline, Random random) {
        this.cluster = cluster;
        this.database = database.getMetadata().getName();
        this.copies = database.getSpec().replication().replicas();
        this.faults = faults;
        this.timeline = timeline;
        this.random = random;
    }

    /** Goes on while there is time. Everything runs again when it returns. */
    int run(List<FaultKind> kinds, BooleanSupplier timeLeft) throws InterruptedException {
        int done = 0;
        while (timeLeft.getAsBoolean()) {
            Thread.sleep(500L + random.nextInt(2_000));
            if (timeLeft.getAsBoolean()) {
                strike(kinds.get(random.nextInt(kinds.size())));
                awaitHealthy();
                done++;
            }
        }
        return done;
    }

    private void strike(FaultKind kind) throws InterruptedException {
        switch (kind) {
            case KILL -> kill();
            case STOP -> stop();
            case WIPE -> wipe();
            case ISOLATE -> isolate();
            case MOVE -> move();
        }
    }

    private Pod any(boolean routersToo) {
        List<Pod> pods = new ArrayList<>();
        for (Pod pod : cluster.pods()) {
            boolean ours = database.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL));
            if (ours && (routersToo || Cluster.serverName(pod) != null)) {
                pods.add(pod);
            }
        }
        if (pods.isEmpty()) {
            throw new CommandFailure(ExitCode.TEMPORARY, "database " + database + " has no pods");
        }
        return pods.get(random.nextInt(pods.size()));
    }

    private String anyContainer(Pod pod) {
        List<String> names =
                pod.getSpec().getContainers().stream().map(Container::getName).toList();
        return names.get(random.nextInt(names.size()));
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private void kill() throws InterruptedException {
        Pod pod = any(true);
        String container = anyContainer(pod);
        long pid = faults.kill(pod, container);
        timeline.say("kill -9 of " + container + " of " + name(pod));
        awaitAnother(pod, container, pid);
    }

    private void awaitAnother(Pod pod, String container, long pid) throws InterruptedException {
        boolean back = RECOVERY.until(() ->
                faults.runningProcess(pod, container).filter(now -> now != pid).isPresent());
        if (!back) {
            throw new CommandFailure(ExitCode.NEGATIVE, container + " of " + name(pod) + " does not start again");
        }
    }

    private void stop() throws InterruptedException {
        Pod pod = any(true);
        String container = anyContainer(pod);
        long pid = faults.process(pod, container);
        long millis = 300L + random.nextInt(4_000);
        timeline.say(container + " of " + name(pod) + " stands still for " + millis + " ms");
        signal("STOP", pid);
        try {
            Thread.sleep(millis);
        } finally {
            signal("CONT", pid);
        }
    }

    /** A process that is gone by now gets nothing: the kubelet ends what does not answer. */
    private static void signal(String name, long pid) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void wipe() throws InterruptedException {
        Pod pod = any(false);
        long pid = faults.process(pod, Faults.SERVER);
        int files = faults.wipe(pod);
        timeline.say(name(pod) + " loses its disk: " + files + " files deleted");
        awaitAnother(pod, Faults.SERVER, pid);
    }

    private void isolate() throws InterruptedException {
        Pod pod = any(false);
        long millis = 500L + random.nextInt(4_000);
        timeline.say(name(pod) + " is cut off for " + millis + " ms");
        FaultSwitch faultSwitch = new FaultSwitch(cluster, database);
        String server = String.valueOf(Cluster.serverName(pod));
        faultSwitch.set(server, Json.object().put("isolated", true));
        try {
            Thread.sleep(millis);
        } finally {
            faultSwitch.set(server, Json.object().put("isolated", false));
        }
    }

    private void move() {
        List<Shard> shards = cluster.shards(database);
        Shard shard = shards.get(random.nextInt(shards.size()));
        try (Servers servers = Servers.of(cluster, database)) {
            boolean moved = servers.handOver(shard);
            timeline.say("the leader of " + shard.getSpec().name()
                    + (moved ? " hands over" : " was asked to hand over, and does not"));
        }
    }

    private void awaitHealthy() throws InterruptedException {
        long begin = System.nanoTime();
        List<String> missing = new ArrayList<>();
        boolean healthy = RECOVERY.until(() -> {
            missing.clear();
            missing.addAll(Health.faults(cluster, database, copies));
            return missing.isEmpty();
        });
        if (!healthy) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    "not healthy again after " + RECOVERY.bound().toSeconds() + " s: " + String.join("; ", missing));
        }
        timeline.say("  every copy is healthy " + Timeline.seconds(begin, System.nanoTime()) + " later");
    }
}

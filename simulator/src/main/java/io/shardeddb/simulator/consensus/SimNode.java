package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.MemoryLog;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.Recovered;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.consensus.VoterSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One server: its process, which can die or freeze, its log and database, which can lose what was not forced. */
final class SimNode {
    private static final long TICK = 15 * Knobs.MILLI;

    final Cluster cluster;
    final World world;
    final Clock clock;
    private final int number;
    private MemberId id;
    private SimDisk disk;
    private SimStore store;
    private MemoryLog log;
    private @Nullable Replica replica;
    private Applier applier;
    private Requests requests;

    private long incarnation;
    private boolean frozen;
    private final List<Runnable> deferred = new ArrayList<>();
    private final Receiver receiver = new Receiver(this);
    private Writer writer = new Writer(this);
    private long checkedCommit;
    private long lastWall;
    private long lastMonotonic;
    private long heartbeatReceived = Long.MIN_VALUE;
    private long heartbeatCommit;
    long lastStamp;

    SimNode(Cluster cluster, int number, MemberId id, SnapshotMarker origin) {
        this.cluster = cluster;
        this.world = cluster.world;
        this.number = number;
        this.id = id;
        clock = new Clock(world, cluster.knobs.drift());
        disk = new SimDisk(cluster.variant, origin);
        store = new SimStore(cluster.variant);
        log = new MemoryLog(origin);
        applier = new Applier(this);
        requests = new Requests(this);
    }

    int number() {
        return number;
    }

    MemberId id() {
        return id;
    }

    SimDisk disk() {
        return disk;
    }

    SimStore store() {
        return store;
    }

    MemoryLog log() {
        return log;
    }

    @Nullable
    Replica replica() {
        return replica;
    }

    Requests requests() {
        return requests;
    }

    Applier applier() {
        return applier;
    }

    Receiver receiver() {
        return receiver;
    }

    long incarnation() {
        return incarnation;
    }

    boolean isUp() {
        return replica != null;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean leads() {
        return replica != null && replica.role() == Role.LEADER;
    }

    // ---- life

    void start() {
        if (replica != null) {
            return;
        }
        SimDisk.Contents contents = disk.recover();
        if (contents == null) {
            world.trace(number + " refuses its damaged log and gives its id up");
            becomeNew();
            contents = new SimDisk.Contents(SnapshotMarker.NOTHING);
        } else if (store.rows().installed == null && store.rows().applied > contents.log.lastIndex()) {
            if (cluster.variant != Variant.SAME_ID_AFTER_ROLLBACK) {
                world.trace(number + " has applied more than its log has: its volume was rolled back");
                becomeNew();
                contents = new SimDisk.Contents(SnapshotMarker.NOTHING);
            } else {
                store = new SimStore(cluster.variant);
            }
        }
        begin(contents);
    }

    private void begin(SimDisk.Contents contents) {
        log = contents.log;
        incarnation++;
        List<LogEntry> configurations = new ArrayList<>();
        lastStamp = store.rows().lastTimestamp;
        for (LogEntry entry : log.all()) {
            if (entry.payload() instanceof Payload.Membership) {
                configurations.add(entry);
            }
            stampSeen(entry);
            cluster.checker.appended(this, entry);
        }
        SnapshotMarker marker = log.marker();
        SnapshotMarker installed = store.rows().installed;
        boolean markerMissing = installed != null && installed.index() > marker.index();
        if (store.rows().applied < marker.index()) {
            store.clear();
        }
        long applied = markerMissing ? marker.index() : Math.max(marker.index(), store.rows().applied);
        Recovered recovered = new Recovered(contents.hardState, marker, configurations, applied);
        applier = new Applier(this);
        requests = new Requests(this);
        writer = new Writer(this);
        deferred.clear();
        frozen = false;
        receiver.abandon();
        heartbeatReceived = Long.MIN_VALUE;
        lastWall = clock.wall();
        lastMonotonic = clock.monotonic();
        replica = WrongRules.replica(
                cluster.variant, Cluster.GROUP, id, cluster.settings, recovered, log, world.random, now());
        checkedCommit = marker.index();
        world.trace(number + " (" + id.low() + ") starts with log " + log.firstIndex() + ".." + log.lastIndex()
                + ", applied " + store.rows().applied + ", " + contents.hardState);
        if (installed != null && markerMissing) {
            act(started -> started.copied(installed, now()));
        } else {
            act(started -> {});
        }
        long started = incarnation;
        world.after(world.upTo(TICK), () -> tick(started));
    }

    /** The process ends at once; what it wrote stays in the page cache. */
    void kill() {
        if (replica != null) {
            world.trace(number + " is killed");
            replica = null;
            frozen = false;
            incarnation++;
            applier.abandon();
            cluster.checkHeld();
            cluster.connectionsBreak(this);
        }
    }

    void losePower() {
        world.trace(number + " loses power");
        kill();
        disk.losePower(world.random);
        store.loseSuffix(world.random.nextInt(store.unflushedCount() + 1));
        cluster.checkHeld();
    }

    void losesDatabaseTail() {
        world.trace(number + "'s database crashes");
        applier.abandon();
        store.loseSuffix(world.random.nextInt(store.unflushedCount() + 1));
        applier.schedule();
    }

    void losesDatabase() {
        world.trace(number + "'s database is lost");
        applier.abandon();
        if (log.marker().index() == 0) {
            store = new SimStore(cluster.variant);
            applier.schedule();
        } else {
            store.clear();
        }
    }

    /** The volume is gone: a process that starts here is another member. */
    void wipeAndRestart() {
        kill();
        becomeNew();
        start();
    }

    private void becomeNew() {
        cluster.lose(id);
        id = cluster.nextId();
        SnapshotMarker origin = cluster.variant == Variant.BOOTSTRAP_AGAIN_WHEN_EMPTY
                ? SnapshotMarker.bootstrap(VoterSet.majority(List.of(new Member(id, "server-" + number))))
                : SnapshotMarker.NOTHING;
        disk = new SimDisk(cluster.variant, origin);
        log = new MemoryLog(origin);
        store = new SimStore(cluster.variant);
        world.trace(number + " is a new member, " + id.low());
    }

    /** The volume is put back. The boot counter shows it, unless nobody looks. */
    void rollBack() {
        kill();
        if (cluster.variant == Variant.SAME_ID_AFTER_ROLLBACK) {
            disk.rollBack(1 + world.random.nextInt(20));
            store.loseSuffix(0);
            world.trace(number + "'s volume is rolled back to " + disk.written() + " records, unnoticed");
        } else {
            becomeNew();
        }
        start();
    }

    void freeze(long duration, boolean suspended) {
        if (replica == null || frozen) {
            return;
        }
        world.trace(number + (suspended ? " is suspended" : " freezes") + " for " + duration / Knobs.MILLI + " ms");
        frozen = true;
        long frozenIn = incarnation;
        world.after(duration, () -> {
            if (suspended) {
                clock.suspended(duration);
            }
            if (frozenIn == incarnation) {
                resume();
            }
        });
    }

    private void resume() {
        world.trace(number + " resumes");
        frozen = false;
        List<Runnable> waiting = new ArrayList<>(deferred);
        deferred.clear();
        if (world.random.nextBoolean()) {
            java.util.Collections.reverse(waiting);
        }
        for (Runnable each : waiting) {
            later(world.upTo(5 * Knobs.MILLI), each);
        }
    }

    /** Runs now, or when the process runs again, or never if it ends before. */
    void whenRunning(Runnable action) {
        if (replica == null) {
            return;
        }
        if (frozen) {
            deferred.add(action);
        } else {
            action.run();
        }
    }

    void later(long delay, Runnable action) {
        long asked = incarnation;
        world.after(delay, () -> {
            if (asked == incarnation) {
                whenRunning(() -> {
                    if (asked == incarnation) {
                        action.run();
                    }
                });
            }
        });
    }

    long now() {
        return clock.monotonic();
    }

    // ---- inputs

    private void tick(long started) {
        if (started != incarnation) {
            return;
        }
        world.after(TICK, () -> tick(started));
        if (frozen) {
            return;
        }
        compareClocks();
        act(running -> running.tick(now()));
        Housekeeping.run(this);
        claimFreshness();
    }

    /** A suspended machine's monotonic clock may have stood still: then no lease can be trusted. */
    void compareClocks() {
        long wall = clock.wall();
        long monotonic = now();
        long difference = Math.abs((wall - lastWall) - (monotonic - lastMonotonic));
        if (replica != null && difference > 2 * Knobs.MILLI + (monotonic - lastMonotonic) / 10) {
            replica.voidLease(monotonic);
        }
        lastWall = wall;
        lastMonotonic = monotonic;
    }

    private void claimFreshness() {
        if (replica == null || clock.wasSuspended() || !world.chance(0.1)) {
            return;
        }
        if (cluster.variant == Variant.STALENESS_FROM_HEARTBEAT_RECEIPT) {
            if (heartbeatReceived != Long.MIN_VALUE) {
                cluster.checker.fresh(heartbeatCommit, heartbeatReceived);
            }
            return;
        }
        long asOf = replica.freshness().asOf();
        if (asOf != Long.MIN_VALUE) {
            cluster.checker.fresh(replica.freshness().index(), clock.trueTime(asOf) - 1000);
        }
    }

    void receive(Message message) {
        long meant = incarnation;
        whenRunning(() -> {
            if (meant == incarnation && replica != null) {
                take(message, replica);
            }
        });
    }

    private void take(Message message, Replica running) {
        if (message instanceof Message.Heartbeat heartbeat) {
            if (heartbeat.term() >= running.term()) {
                heartbeatReceived = world.now();
                heartbeatCommit = heartbeat.commitIndex();
            }
            if (cluster.variant == Variant.HEARTBEAT_ACKNOWLEDGED_PER_SERVER && heartbeat.term() < running.term()) {
                cluster.send(
                        this,
                        new Message.HeartbeatResponse(
                                Cluster.GROUP,
                                id,
                                heartbeat.from(),
                                heartbeat.term(),
                                heartbeat.round(),
                                heartbeat.sentAt(),
                                now(),
                                0,
                                0,
                                Long.MAX_VALUE,
                                0,
                                null,
                                0,
                                Message.HeartbeatResponse.REQUEST_NOT_TOLD));
                return;
            }
        }
        act(replicaNow -> replicaNow.step(message, now()));
    }

    void copyFailed(MemberId member) {
        whenRunning(() -> act(running -> running.copyFailed(member, now())));
    }

    /** Gives an input and carries out its effects. */
    void act(Consumer<Replica> input) {
        Replica running = replica;
        if (running == null) {
            return;
        }
        input.accept(running);
        carryOut(running, running.drain());
    }

    private void carryOut(Replica running, Effects effects) {
        log.take(effects);
        for (LogEntry entry : effects.entries()) {
            stampSeen(entry);
            cluster.checker.appended(this, entry);
        }
        if (effects.softState() != null) {
            world.trace(number + " " + effects.softState());
            cluster.checker.softState(
                    this, effects.softState().role(), effects.softState().term());
        }
        if (effects.writes()) {
            checkConfiguration(running);
        }
        if (running.commitIndex() > checkedCommit) {
            cluster.checker.commits(this, running.term(), checkedCommit, running.commitIndex());
            checkedCommit = running.commitIndex();
            Checker.check(
                    running.role() != Role.LEADER || log.term(checkedCommit) == running.term(),
                    "a leader commits by counting entries of its own term, at " + checkedCommit);
            cluster.checkHeld();
        }
        for (Message message : effects.messages()) {
            cluster.send(this, message);
        }
        if (effects.number() > 0 && !writer.write(effects)) {
            return;
        }
        for (Effects.CommittedConfiguration configuration : effects.committedConfigurations()) {
            cluster.committed(configuration);
        }
        for (Effects.CopyNeeded wanted : effects.copiesNeeded()) {
            cluster.copyWanted(this, wanted);
        }
        for (Effects.Quarantine quarantine : effects.quarantined()) {
            world.trace(number + " " + quarantine);
            Checker.check(
                    cluster.variant == Variant.SAME_ID_AFTER_ROLLBACK,
                    "nobody is quarantined without reason: " + quarantine);
        }
        requests.take(effects);
        applier.target(effects.applyUpTo());
    }

    private void checkConfiguration(Replica running) {
        Configuration expected = null;
        for (int i = log.all().size() - 1; i >= 0 && expected == null; i--) {
            if (log.all().get(i).payload() instanceof Payload.Membership membership) {
                expected = membership.configuration();
            }
        }
        Checker.check(
                running.status()
                        .configuration()
                        .equals(expected == null ? log.marker().configuration() : expected),
                "the configuration in force is the last one in the log, on node " + number);
    }

    /** A copy brought rows and timestamps up to its marker: its sender's commits, which no leader counts again. */
    void installed(Rows rows, SnapshotMarker marker) {
        lastStamp = Math.max(lastStamp, rows.lastTimestamp);
        checkedCommit = Math.max(checkedCommit, marker.index());
        act(running -> {
            running.copied(marker, now());
            running.applied(marker.index());
        });
        applier.schedule();
    }

    private void stampSeen(LogEntry entry) {
        if (entry.payload() instanceof Batch batch) {
            lastStamp = Math.max(lastStamp, batch.timestamp());
        }
    }

    /** Returns whether the process was ended here, between two steps of its work. */
    boolean crashesHere() {
        if (cluster.healed || !world.chance(cluster.knobs.crashPoints())) {
            return false;
        }
        dieAndComeBack(world.chance(0.5));
        return true;
    }

    void dieAndComeBack(boolean power) {
        if (power) {
            losePower();
        } else {
            kill();
        }
        world.after(1 + world.upTo(300 * Knobs.MILLI), this::start);
    }
}

package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Durations;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.Settings;
import io.shardeddb.server.group.CopyRunner;
import io.shardeddb.server.group.LeaderWatch;
import io.shardeddb.server.group.Loop;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.group.PeerSender;
import io.shardeddb.server.group.PeerVersions;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.group.clock.ClockComparison;
import io.shardeddb.server.group.clock.Lateness;
import io.shardeddb.server.group.clock.PeerClocks;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.log.LogSpace;
import io.shardeddb.server.log.RecordBatch;
import io.shardeddb.server.log.SharedLog;
import io.shardeddb.server.runtime.FatalError;
import io.shardeddb.server.runtime.Surroundings;
import io.shardeddb.server.store.ReplicaStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All replicas of this server. One thread ({@link Loop}) drives every core; what the cores want written becomes one
 * batch of the shared log per turn, what they want sent becomes one frame per receiver and turn.
 */
public final class GroupRuntime implements AutoCloseable {
    private static final long EXPIRY_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long MAX_TURN_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** So many election time-outs later than others stands who is unfit to lead. */
    private static final int UNFIT_DELAY = 4;

    private static final int GREATEST_RANK = 3;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long COPY_SOURCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final SharedLog log;
    private final Stores stores;
    private final Settings settings;
    private final Surroundings surroundings;
    private final InstantSource wall;
    private final PeerSender sender;
    private final TimestampSource timestamps;
    private final LeaderWatch leaders = new LeaderWatch();
    private final PeerClocks clocks = new PeerClocks();
    private final PeerVersions versions = new PeerVersions();
    private final ClockComparison clockComparison;
    private final Loop loop;
    private final Map<GroupId, GroupReplica> replicas = new ConcurrentHashMap<>();
    private final CopyDispatch copies;
    private final Housekeeping housekeeping;
    private final Lateness lateness = new Lateness();

    // Of the loop alone.
    private List<GroupReplica> touched = new ArrayList<>();
    private RecordBatch batch = new RecordBatch();
    private List<Runnable> durableWork = new ArrayList<>();
    private final Map<String, List<Message>> outgoing = new LinkedHashMap<>();
    private long nextTimers;
    private long nextExpiry;
    private int batchesInFlight;

    private volatile boolean draining;
    private volatile long lastTurn;

    /**
     * @param log the open log
     * @param stores the rows' database
     * @param settings times of the protocol
     * @param surroundings time, threads and chance; those threads are ended with this runtime that are its alone
     * @param sender the way to other servers
     * @param calls single questions to other servers
     * @param copier takes copies
     * @param retention how much log is kept
     * @param timestamps the timestamp service, for when it is on
     * @param fatal ends the process when the machine fails one of its threads, as with no memory
     */
    public GroupRuntime(
            SharedLog log,
            Stores stores,
            Settings settings,
            Surroundings surroundings,
            PeerSender sender,
            PeerCalls calls,
            CopyRunner copier,
            Retention retention,
            TimestampSource timestamps,
            FatalError fatal) {
        this.log = log;
        this.timestamps = timestamps;
        this.stores = stores;
        this.settings = settings;
        this.surroundings = surroundings;
        wall = surroundings.wall();
        this.sender = sender;
        lastTurn = now();
        clockComparison = new ClockComparison(wall.millis(), now());
        loop = new Loop(surroundings, this::turn, error -> fatal.end("the groups' thread failed", error));
        copies = new CopyDispatch(this, calls, copier);
        housekeeping = new Housekeeping(this, log, stores, copies, retention);
        nextTimers = now();
        nextExpiry = nextTimers;
        for (GroupLog group : log.groups()) {
            replicas.put(group.group(), new GroupReplica(this, group, settings, stores, now()));
        }
    }

    /** Time, threads and chance. */
    Surroundings surroundings() {
        return surroundings;
    }

    /** The monotonic clock, in nanoseconds. */
    long now() {
        return surroundings.nanos();
    }

    /** Begins to take part. */
    public void start() {
        loop.execute(() -> replicas.values().forEach(GroupReplica::touch));
        loop.start();
        lateness.start(surroundings.groups(), surroundings::nanos);
        housekeeping.start();
    }

    /** Messages from another server. */
    public void receive(String endpoint, List<Message> messages) {
        loop.execute(() -> {
            long now = now();
            boolean takesEntries = log.space().level() != LogSpace.Level.CRITICAL;
            for (Message message : messages) {
                GroupReplica replica = replicas.get(message.group());
                boolean entries = message instanceof Message.AppendRequest append
                        && !append.entries().isEmpty();
                if (replica != null && (takesEntries || !entries)) {
                    replica.step(message, endpoint, now);
                }
            }
        });
    }

    /** The connection to another server broke, as it does at once when a process ends. */
    public void unreachable(String endpoint) {
        loop.execute(() -> {
            long now = now();
            replicas.values().forEach(replica -> replica.unreachable(endpoint, now));
        });
    }

    /** This server's volume is an old copy of itself: no replica on it may vote or serve any more. Any thread. */
    public void volumeRolledBack(String reason) {
        loop.execute(() -> replicas.values().forEach(replica -> replica.quarantineForGood(reason)));
    }

    /** Which commands the other servers can apply. */
    public PeerVersions versions() {
        return versions;
    }

    /** How the other servers' clocks compare with this one's. */
    public PeerClocks clocks() {
        return clocks;
    }

    /** What is known of a replica; absent when there is none here. */
    public @Nullable ReplicaView view(GroupId group) {
        GroupReplica replica = replicas.get(group);
        return replica == null ? null : replica.view();
    }

    /** Views of all replicas by group. */
    public Map<GroupId, ReplicaView> views() {
        Map<GroupId, ReplicaView> views = new LinkedHashMap<>();
        replicas.forEach((group, replica) -> views.put(group, replica.view()));
        return views;
    }

    /** This server's wall clock, milliseconds since the epoch. */
    public long wallMillis() {
        return wall.millis();
    }

    /** Who leads what. */
    public LeaderWatch leaders() {
        return leaders;
    }

    /** The rows' database. */
    public Stores stores() {
        return stores;
    }

    /** Room in the log. */
    public LogSpace space() {
        return log.space();
    }

    /** How long forces of the log take. */
    public Durations.Summary forceTimes() {
        return log.forceTimes();
    }

    /** How late the groups' thread does what is due: what requests wait before they are seen. */
    public Durations.Summary lateness() {
        return lateness.summary();
    }

    /** How many forces the log has done. */
    public long forces() {
        return log.forces();
    }

    /**
     * Why the server takes no writes; empty when it does. Always the same words for the same cause, since conditions
     * contain it.
     */
    public String readOnlyReason() {
        if (isClockFarAhead()) {
            return "the clock is more than " + PeerClocks.FAR_MILLIS + " ms ahead of the other servers'";
        }
        LogSpace space = log.space();
        return space.level() == LogSpace.Level.ENOUGH
                ? ""
                : "little room for the log, in its budget of " + space.capacityBytes() + " bytes or on the volume";
    }

    /** Whether the groups' thread is alive: it turns at least once a second. */
    public boolean isTurning() {
        return now() - lastTurn < MAX_TURN_NANOS;
    }

    public boolean draining() {
        return draining;
    }

    /** Hands over all leaderships and takes no new ones, or takes them again. */
    public void drain(boolean newDraining) {
        draining = newDraining;
        loop.execute(() -> {
            replicas.values().forEach(this::setElectionDelay);
            housekeeping.handOver(now());
        });
    }

    TimestampSource timestamps() {
        return timestamps;
    }

    /** Whether this server's clock is far ahead of most others'. Any thread. */
    public boolean isClockFarAhead() {
        return clocks.isFarAhead(wall.millis(), now());
    }

    /** Whether others should lead what this server leads. */
    boolean isUnfitToLead() {
        return draining
                || !stores.reachable()
                || log.space().level() != LogSpace.Level.ENOUGH
                || isClockFarAhead()
                || clocks.isFarBehind(wall.millis(), now());
    }

    /**
     * A server that cannot lead well, or not as well as others, waits longer before it stands for election; it still
     * does if nobody else can.
     */
    void setElectionDelay(GroupReplica replica) {
        int timeouts = isUnfitToLead() ? UNFIT_DELAY : Math.min(replica.electionRank(), GREATEST_RANK);
        replica.core().electionDelay(timeouts * settings.electionTimeout());
    }

    /**
     * For each of this server's replicas, how many other members would clearly lead better. Groups that are not named
     * keep what they have.
     */
    public void rank(Map<GroupId, Integer> ranks) {
        loop.execute(() -> ranks.forEach((group, rank) -> {
            GroupReplica replica = replicas.get(group);
            if (replica != null) {
                replica.electionRank(rank);
                setElectionDelay(replica);
            }
        }));
    }

    /** While rows are copied from here, the log behind the copy stays. Any thread. */
    public void pinLog(GroupId group, boolean pinned) {
        loop.execute(() -> copies.pin(group, pinned));
    }

    /** The store of a replica whose rows may be copied by others; absent when there is none. Any thread. */
    public @Nullable ReplicaStore copySource(GroupId group) {
        CompletableFuture<@Nullable ReplicaStore> found = this.<@Nullable ReplicaStore>onLoop(() -> {
            GroupReplica replica = replicas.get(group);
            return replica != null && !replica.isQuarantined() && !replica.isCopyNeeded() && !replica.isCopying()
                    ? replica.applier().store()
                    : null;
        });
        return surroundings.<@Nullable ReplicaStore>await(found, COPY_SOURCE_NANOS, null);
    }

    // ---- for this package

    Loop loop() {
        return loop;
    }

    SharedLog log() {
        return log;
    }

    Collection<GroupReplica> replicas() {
        return replicas.values();
    }

    @Nullable
    GroupReplica replica(GroupId group) {
        return replicas.get(group);
    }

    /** Runs on the loop and gives the result. */
    <T extends @Nullable Object> CompletableFuture<T> onLoop(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, loop);
    }

    void touched(GroupReplica replica) {
        touched.add(replica);
    }

    void send(String endpoint, Message message) {
        outgoing.computeIfAbsent(endpoint, to -> new ArrayList<>()).add(message);
    }

    /** The batch that this turn's changes go into. */
    RecordBatch batch() {
        return batch;
    }

    /** Runs on the loop when everything written so far is durable. */
    void whenDurable(Runnable work) {
        durableWork.add(work);
    }

    void whenDurable(GroupReplica replica, long number, List<Message> messages) {
        durableWork.add(() -> replica.persisted(number, messages, now()));
    }

    void copyFor(GroupReplica leader, Effects.CopyNeeded needed) {
        copies.request(leader, needed);
    }

    CopyDispatch copies() {
        return copies;
    }

    /** Makes a replica; its member id may be told when the future completes. */
    GroupReplica add(GroupId group, MemberId member, String database, String shard) {
        GroupLog made = log.begin(batch, group, member, database, shard);
        GroupReplica replica = new GroupReplica(this, made, settings, stores, now());
        replicas.put(group, replica);
        replica.touch();
        return replica;
    }

    void remove(GroupReplica replica) {
        replicas.remove(replica.log().group());
        leaders.gone(replica.log().group());
        replica.close();
        log.drop(batch, replica.log());
    }

    private long turn(long now) {
        lastTurn = now;
        compareClocks(now);
        if (now - nextTimers >= 0) {
            timers(now);
        }
        List<GroupReplica> due = touched;
        touched = new ArrayList<>();
        for (GroupReplica replica : due) {
            replica.turn(batch, now);
            nextTimers = earlier(nextTimers, replica.deadline());
            if (replica.hasWaiters()) {
                nextTimers = earlier(nextTimers, nextExpiry);
            }
        }
        outgoing.forEach(sender::send);
        outgoing.clear();
        // Behind the sending, since others have the longer way to the disk.
        if (!(batch.isEmpty() && durableWork.isEmpty())) {
            submit();
        }
        return touched.isEmpty() ? nextTimers : now;
    }

    /** On the loop: at each turn, and before a read by lease is answered. */
    void compareClocks(long now) {
        if (settings.leaderLease() && clockComparison.disagree(wall.millis(), now)) {
            replicas.values().forEach(replica -> replica.core().voidLease(now));
        }
    }

    private void timers(long now) {
        boolean expiry = now - nextExpiry >= 0;
        if (expiry) {
            nextExpiry = now + EXPIRY_INTERVAL_NANOS;
        }
        long next = now + IDLE_NANOS;
        for (GroupReplica replica : replicas.values()) {
            boolean waiters = replica.hasWaiters();
            if (now - replica.deadline() >= 0) {
                replica.wake(now);
            }
            if (expiry && waiters) {
                replica.expire(now);
            }
            next = earlier(next, replica.deadline());
            if (waiters) {
                next = earlier(next, nextExpiry);
            }
        }
        nextTimers = next;
    }

    private static long earlier(long one, long other) {
        return other - one < 0 ? other : one;
    }

    private void submit() {
        List<Runnable> work = durableWork;
        durableWork = new ArrayList<>();
        if (batch.isEmpty() && batchesInFlight == 0) {
            loop.executeAll(work);
            return;
        }
        RecordBatch written = batch;
        batch = new RecordBatch();
        batchesInFlight++;
        log.submit(
                written,
                position -> loop.execute(() -> {
                    batchesInFlight--;
                    written.written(position);
                    work.forEach(Runnable::run);
                }));
    }

    /** Answers everybody that the outcome is not known, and ends the threads. The log stays open. */
    @Override
    public void close() {
        housekeeping.close();
        lateness.stop();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.execute(() -> {
            replicas.values().forEach(GroupReplica::close);
            closed.complete(true);
        });
        // If the loop is stuck: its thread is a daemon and ends with the process.
        boolean _ = surroundings.await(closed, CLOSE_NANOS, false);
        loop.close();
        surroundings.close();
    }
}

package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.Settings;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.consensus.StateMark;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.group.apply.AppliedReplica;
import io.shardeddb.server.group.apply.Applier;
import io.shardeddb.server.group.apply.FirstComparison;
import io.shardeddb.server.group.apply.Portion;
import io.shardeddb.server.group.clock.HybridClock;
import io.shardeddb.server.group.decision.ApplyDecision;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.group.verdict.UnprovenTables;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.log.MemberAddress;
import io.shardeddb.server.log.RecordBatch;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.EntryOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica: the protocol's core, its log, its clients and its store. Confined to the loop, but for {@link #view}.
 */
final class GroupReplica implements AppliedReplica {
    private static final Logger LOG = LoggerFactory.getLogger(GroupReplica.class);

    private final GroupRuntime runtime;
    private final GroupLog log;
    private final Settings settings;
    private final HybridClock clock;
    private final Proposals proposals;
    private final VerdictProposals verdicts;
    private final ReplicaWaiters waiters;
    private final StoreReads storeReads;
    private final Applier applier;
    private final UnprovenTables tables = new UnprovenTables();
    private final MemberAddresses addresses = new MemberAddresses();
    private final ConfigurationWaiters configurationWaiters = new ConfigurationWaiters();
    private Replica core;
    private volatile ReplicaView view;
    private boolean copyNeeded;
    private boolean copying;
    private @Nullable String quarantine;
    private int electionRank;
    /** When this term as leader began, on the monotonic clock; says nothing while another leads. */
    private long ledSince;

    private boolean touched;
    private boolean closed;

    private final FirstComparison comparison;

    GroupReplica(GroupRuntime runtime, GroupLog log, Settings settings, Stores stores, long now) {
        this.runtime = runtime;
        this.log = log;
        this.settings = settings;
        ledSince = now;
        clock = new HybridClock(
                runtime.surroundings().wall(), runtime::now, runtime.clocks(), runtime.timestamps()::isOn);
        clock.startAbove(log.maxTimestamp());
        storeReads = new StoreReads(runtime, this);
        waiters = new ReplicaWaiters(this, runtime, this::hasOlderMembers);
        proposals = waiters.proposals();
        verdicts = new VerdictProposals(proposals);
        applier = new Applier(this, log, stores, runtime.surroundings(), runtime.loop());
        view = ReplicaView.initial(log.shard());
        comparison = new FirstComparison(log.isPristine(), now);
        core = start(now);
        learnEndpoints();
        String found = log.quarantine();
        if (found != null) {
            standStill(found);
        }
    }

    /** Whether a member is known that cannot apply all commands that this server can. */
    private boolean hasOlderMembers() {
        return runtime.versions()
                .anyOlder(() -> core.status().configuration().everyone().stream()
                        .map(member -> MemberAddress.parse(member.address()).endpoint())
                        .toList());
    }

    private Replica start(long now) {
        return new Replica(
                log.group(),
                log.member(),
                settings,
                log.recovered(),
                log,
                runtime.surroundings().random(),
                now);
    }

    /** Begins again from the log: after a bootstrap wrote the first configuration into it. */
    void restart(long now) {
        core = start(now);
        learnEndpoints();
        touch();
    }

    @Override
    public long now() {
        return runtime.now();
    }

    GroupLog log() {
        return log;
    }

    @Override
    public Replica core() {
        return core;
    }

    @Override
    public ReplicaView view() {
        return view;
    }

    @Override
    public Proposals proposals() {
        return proposals;
    }

    /** Those who wait for something here. */
    ReplicaWaiters waiters() {
        return waiters;
    }

    StoreReads storeReads() {
        return storeReads;
    }

    Applier applier() {
        return applier;
    }

    @Override
    public UnprovenTables tables() {
        return tables;
    }

    HybridClock clock() {
        return clock;
    }

    /** How many other members would clearly lead better than this one. */
    int electionRank() {
        return electionRank;
    }

    /** When its present term as leader began, on the monotonic clock. */
    long ledSince() {
        return ledSince;
    }

    void electionRank(int rank) {
        electionRank = rank;
    }

    boolean isCopyNeeded() {
        return copyNeeded && !copying;
    }

    boolean isCopying() {
        return copying;
    }

    boolean isQuarantined() {
        return quarantine != null;
    }

    @Override
    public void touch() {
        if (!touched && !closed) {
            touched = true;
            runtime.touched(this);
        }
    }

    long deadline() {
        if (quarantine != null) {
            return Long.MAX_VALUE / 2 + now();
        }
        long ofCore = core.deadline();
        if (core.role() != Role.LEADER) {
            return comparison.notBefore(ofCore);
        }
        long gathered = proposals.gatheredBy(ofCore);
        return gathered - ofCore < 0 ? gathered : ofCore;
    }

    /**
     * The deadline has come. A tick tells the followers of the last commit, so there is none when it is only time to
     * propose.
     */
    void wake(long now) {
        if (quarantine == null && now - core.deadline() >= 0) {
            tick(now);
        } else {
            touch();
        }
    }

    boolean hasWaiters() {
        return !waiters.isIdle() || applier.hasWork() || applier.portion() != null;
    }

    @Override
    public int replicasHere() {
        return runtime.replicas().size();
    }

    @Override
    public boolean waitsForOutcomes() {
        return core.role() == Role.LEADER;
    }

    @Override
    public boolean waitsForRows() {
        return waiters.waitForRows();
    }

    void step(Message message, String endpoint, long now) {
        if (quarantine != null || !message.to().equals(log.member())) {
            return;
        }
        if (!endpoint.isEmpty()) {
            addresses.heard(message.from(), endpoint);
        }
        boolean election = message instanceof Message.VoteRequest || message instanceof Message.TimeoutNow;
        if (election && !comparison.isOver(now)) {
            return;
        }
        guarded(() -> core.step(message, now));
        touch();
    }

    @Override
    public void compared() {
        comparison.made();
        touch();
    }

    /** The connection to a server broke: if the leader is there, it need not be waited for. */
    void unreachable(String endpoint, long now) {
        MemberId leader = core.leader();
        if (quarantine == null && leader != null && addressOf(leader).endpoint().equals(endpoint)) {
            guarded(() -> core.unreachable(leader, now));
            touch();
        }
    }

    void tick(long now) {
        if (quarantine == null && (core.role() == Role.LEADER || comparison.isOver(now))) {
            guarded(() -> {
                if (comparison.resumes()) {
                    core.resume(now);
                }
                core.tick(now);
            });
            touch();
        }
    }

    void persisted(long number, List<Message> messages, long now) {
        if (!closed && quarantine == null) {
            guarded(() -> {
                send(messages);
                core.persisted(number, now);
            });
            touch();
        }
    }

    /**
     * A fault of this software in one group must not stop the others: this replica neither votes nor serves any more.
     */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("shard {} (group {}): a fault of the software", log.shard(), log.group(), e);
            quarantine("a fault of the software: " + e);
        }
    }

    /** Carries out what the inputs since the last turn have made necessary. */
    void turn(RecordBatch batch, long now) {
        touched = false;
        if (!closed && quarantine == null) {
            guarded(() -> drive(batch, now));
        }
        storeReads.begin();
    }

    private void drive(RecordBatch batch, long now) {
        waiters.transactions().turn(applier.applied());
        if (core.role() == Role.LEADER) {
            proposals.propose(core, view, now);
            verdicts.decide(this, settings, now);
            tables.look(core, applier::proven);
        }
        core.refused(applier.refused().told(now), applier.refused().toldRequest(now));
        carryOut(core.drain(), batch);
        applier.advance(now);
    }

    private void carryOut(Effects effects, RecordBatch batch) {
        if (effects.hardState() != null) {
            batch.hardState(log, effects.hardState());
        }
        SnapshotMarker marker = effects.marker();
        if (marker != null) {
            batch.marker(log, marker, effects.markerKeepsTail());
            if (!effects.markerKeepsTail()) {
                proposals.truncated(marker.index() + 1);
            }
        }
        if (effects.truncateFrom() > 0) {
            batch.truncate(log, effects.truncateFrom());
            proposals.truncated(effects.truncateFrom());
        }
        boolean members = marker != null || effects.truncateFrom() > 0;
        for (LogEntry entry : effects.entries()) {
            batch.entry(log, entry);
            members |= entry.payload() instanceof Payload.Membership;
        }
        if (members) {
            learnEndpoints();
        }
        clock.startAbove(log.maxTimestamp());
        if (effects.softState() != null || members) {
            // The name of a leader that was heard before the first configuration is in that.
            led();
        }
        send(effects.messages());
        if (effects.number() > 0) {
            runtime.whenDurable(this, effects.number(), effects.messagesWhenDurable());
        }
        if (effects.applyUpTo() > 0) {
            proposals.committedTo(effects.applyUpTo());
            proposals.decided(effects.applyUpTo(), log, view);
            applier.target(effects.applyUpTo());
            if (core.role() == Role.LEADER) {
                touch();
            }
        }
        for (Effects.ConfirmedRead read : effects.reads()) {
            waiters.reads().confirmed(read, applier.applied(), log.lastIndex());
        }
        effects.refusedReads().forEach(id -> waiters.reads().refused(id, view));
        effects.committedConfigurations().forEach(configurationWaiters::tell);
        for (Effects.CopyNeeded needed : effects.copiesNeeded()) {
            runtime.copyFor(this, needed);
        }
        for (Effects.Quarantine quarantined : effects.quarantined()) {
            if (quarantined.member().equals(log.member())) {
                quarantineForGood(quarantined.reason());
            } else {
                LOG.error(
                        "shard {} (group {}): member {} is not counted any more: {}",
                        log.shard(),
                        log.group(),
                        quarantined.member(),
                        quarantined.reason());
            }
        }
    }

    ConfigurationWaiters configurationWaiters() {
        return configurationWaiters;
    }

    /** Tells who leads, and while it is this replica, the group's time. */
    void led() {
        ReplicaView before = view;
        view = before.led(core.role(), core.term(), hint(core.term(), core.leader()));
        if (view.role() == Role.LEADER && (before.role() != Role.LEADER || before.term() != view.term())) {
            ledSince = now();
        }
        if (before.role() == Role.LEADER && view.role() != Role.LEADER) {
            waiters.leadershipLost(view);
        }
        if (before.role() != view.role()) {
            LOG.info("shard {} (group {}): {} in term {}", log.shard(), log.group(), view.role(), view.term());
        }
        runtime.leaders().changed(log.group(), view.leader());
    }

    LeaderHint hint(long term, @Nullable MemberId leader) {
        LeaderHint.Builder hint = LeaderHint.newBuilder().setTerm(term);
        if (core.role() == Role.LEADER) {
            hint.setLogMillis(clock.told());
        }
        if (leader != null) {
            MemberAddress address = addressOf(leader);
            hint.setAddress(address.endpoint()).setServer(address.server());
        }
        return hint.build();
    }

    MemberAddress addressOf(MemberId member) {
        return addresses.of(member, core.status().configuration());
    }

    private void learnEndpoints() {
        addresses.learn(core.status().configuration());
    }

    private void send(List<Message> messages) {
        for (Message message : messages) {
            String endpoint = addresses.endpoint(message.to(), core);
            if (endpoint != null) {
                runtime.send(endpoint, message);
            }
        }
    }

    // ---- what the applier tells

    @Override
    public void appliedState(AppliedState state) {
        copyNeeded = false;
        clock.startAbove(state.timestamp());
        SchemaDefinition schema = state.schema();
        PositionInterval interval = state.interval();
        view = view.with(
                state.index(),
                schema == null ? null : DatabaseSchema.ofWire(schema),
                interval == null ? null : Interval.ofWire(interval),
                state.epoch(),
                state.open());
        enter(ReplicaState.HEALTHY, "");
        if (state.index() > 0 && state.index() % ApplyDecision.MARK_INTERVAL == 0) {
            mark(state);
        }
        appliedTo(state.index());
    }

    @Override
    public void mark(AppliedState state) {
        core.stateMark(new StateMark(state.index(), state.stateHash()));
    }

    @Override
    public void appliedTo(long index) {
        view = view.appliedTo(index);
        if (view.state() != ReplicaState.HEALTHY) {
            enter(ReplicaState.HEALTHY, "");
        }
        core.applied(index);
        waiters.reads().applied(index);
    }

    @Override
    public void checksummed(EntryOutcome outcome) {
        waiters.checksums().add(outcome.index(), outcome.checksums());
    }

    @Override
    public void stalled(String reason) {
        enter(ReplicaState.STALLED, reason);
    }

    /** What was under way when a replica was found to be no good may still end: it stays no good. */
    private void enter(ReplicaState state, String reason) {
        if (quarantine == null) {
            view = view.in(state, reason);
        }
    }

    @Override
    public void cannotGoOn(String reason, long now) {
        stalled(reason);
        Housekeeping.leaveToOthers(this, applier, now);
    }

    @Override
    public void storeFailed(String reason, long entry) {
        stalled(reason);
        if (!closed && quarantine == null && core.role() == Role.LEADER) {
            Housekeeping.transferToBest(this, entry, now());
        }
    }

    @Override
    public void needsCopy(String reason) {
        copyNeeded = true;
        enter(ReplicaState.RECOVERING, reason);
        LOG.warn("shard {} (group {}): needs a copy: {}", log.shard(), log.group(), reason);
    }

    void copyBegins() {
        copying = true;
        enter(ReplicaState.COPYING, "");
    }

    @Override
    public void copyEnds() {
        copying = false;
    }

    @Override
    public void copied(AppliedState state, long now) {
        copying = false;
        copyNeeded = false;
        Configuration configuration =
                state.configuration() == null ? Configuration.EMPTY : ConfigurationCodec.decode(state.configuration());
        SnapshotMarker marker =
                new SnapshotMarker(state.index(), state.term(), configuration, state.configurationIndex());
        if (marker.index() > log.lastIndex()
                || marker.index() < log.firstIndex() - 1
                || log.term(marker.index()) != marker.term()) {
            if (!core.copied(marker, now)) {
                needsCopy("the copy at index " + marker.index() + " is older than the log");
                touch();
                return;
            }
        }
        applier.take(state);
        touch();
        runtime.whenDurable(() -> applier.run(store -> {
            store.forgetCopy();
            return () -> {};
        }));
    }

    @Override
    public void quarantineForGood(String reason) {
        if (log.quarantine() == null && !closed) {
            runtime.batch().quarantine(log, reason);
        }
        quarantine(reason);
    }

    /** From here on this replica neither votes nor serves, until the process ends. */
    private void quarantine(String reason) {
        if (quarantine == null && !closed) {
            LOG.error("shard {} (group {}): quarantined: {}", log.shard(), log.group(), reason);
            standStill(reason);
        }
    }

    private void standStill(String reason) {
        quarantine = reason;
        view = view.led(Role.FOLLOWER, view.term(), LeaderHint.getDefaultInstance())
                .in(ReplicaState.QUARANTINED, reason);
        waiters.abandon(view, "this replica is quarantined: " + reason);
        applier.stop();
        runtime.leaders().changed(log.group(), view.leader());
    }

    void expire(long now) {
        waiters.expire(now, view);
        applier.expire(now);
        if (Portion.isStuck(applier.portion(), now)) {
            Housekeeping.leaveToOthers(this, applier, now);
        }
        if (applier.refused().open() != null) {
            touch();
        } else if (applier.hasWork()) {
            applier.advance(now);
        }
    }

    /** The replica is dropped, or the process ends. */
    void close() {
        closed = true;
        waiters.abandon(view, "this replica is gone");
        applier.stop();
    }
}

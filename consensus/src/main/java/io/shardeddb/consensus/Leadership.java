package io.shardeddb.consensus;

import io.shardeddb.consensus.ReplicaStatus.PeerState;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a replica does while it leads one term. */
final class Leadership {
    private record Uncommitted(long lastIndex, long bytes) {}

    private final Core core;
    final Peers peers;
    private final Replication replication;
    private final StrongReads reads;
    private final Marks marks;

    private final long termStart;
    private long round;
    private long nextHeartbeat;
    private long confirmedRound;
    private long confirmedAt = Long.MIN_VALUE;
    private long heardAt;
    /** Rounds sent before this do not prolong the lease. */
    private long leaseFloor;

    private boolean leaseGivenUp;
    private long lastTick;
    private @Nullable MemberId successor;
    private long transferDeadline;
    private boolean retiring;

    /** Where the voters' state marks differ, and no majority says whose are right; 0: nowhere. */
    long divergedIndex;

    private final ArrayDeque<Uncommitted> uncommitted = new ArrayDeque<>();
    private long uncommittedBytes;

    Leadership(Core core) {
        this.core = core;
        peers = new Peers(core);
        replication = new Replication(core, this);
        reads = new StrongReads(core);
        termStart = core.log.lastIndex() + 1;
        heardAt = core.now;
        lastTick = core.now;
        leaseFloor = core.now;
        marks = new Marks(core.self);
        StateMark mark = core.mark;
        if (mark != null) {
            marks.add(core.self, mark);
        }
    }

    void begin() {
        peers.refresh();
        append(Payload.Noop.INSTANCE);
        startRound();
        confirm();
    }

    /** Ends the leadership; what waited for it learns so. */
    void end() {
        reads.refuseAll();
    }

    boolean hasCommittedOwnTerm() {
        return core.commitIndex >= termStart;
    }

    long round() {
        return round;
    }

    // ---- time

    void tick() {
        lastTick = core.now;
        confirm();
        agreeOnUnfit();
        if (peers.isWeighted()) {
            // A round of weights ends with time too, and what did not commit by the old weights may by the new ones.
            advanceCommit();
        }
        if (core.now - heardAt > 2 * core.settings.electionTimeout() * core.patience()) {
            core.follow(core.term, null);
            return;
        }
        if (successor != null && core.now - transferDeadline >= 0) {
            successor = null;
        }
        if (core.now - nextHeartbeat >= 0 || replication.commitIsNews()) {
            startRound();
        }
    }

    long deadline() {
        return nextHeartbeat;
    }

    private void startRound() {
        round++;
        nextHeartbeat = core.now + core.settings.heartbeatInterval();
        // Before that, the commit index may be older than what an earlier leader has acknowledged.
        boolean provesFreshness = hasCommittedOwnTerm();
        Configuration committed = core.configurations.at(core.commitIndex).configuration();
        for (Peer peer : peers.all()) {
            peer.commitSent = core.commitIndex;
            core.outbox.send(new Message.Heartbeat(
                    core.group,
                    core.self,
                    peer.id,
                    core.term,
                    round,
                    core.now,
                    core.commitIndex,
                    confirmedRound,
                    provesFreshness ? peer.echo : Long.MIN_VALUE,
                    committed.isUnfit(peer.id)));
        }
    }

    /** Sends what the inputs since the last drain have made necessary. */
    void flush() {
        if (reads.wantsRound() && (hasCommittedOwnTerm() || !core.rules.readsOnlyAfterOwnCommit())) {
            startRound();
            reads.roundStarted(round);
            confirm();
            if (!core.rules.confirmsReadsByRound()) {
                reads.confirmed(round);
            }
        }
        replication.sendEntries();
        if (retiring) {
            retire();
        }
    }

    // ---- proposals

    Outcome propose(List<? extends Payload.Command> commands) {
        Refusal refusal = whyNotPropose();
        if (refusal != null) {
            return new Outcome.Refused(refusal, refusal == Refusal.TRANSFERRING ? successor : null);
        }
        long first = core.log.lastIndex() + 1;
        long bytes = 0;
        for (int i = 0; i < commands.size(); i++) {
            Payload.Command command = commands.get(i);
            bytes += command.sizeInBytes();
            core.append(new LogEntry(first + i, core.term, command));
        }
        uncommitted.add(new Uncommitted(core.log.lastIndex(), bytes));
        uncommittedBytes += bytes;
        advanceCommit();
        return new Outcome.Accepted(first, core.term);
    }

    private @Nullable Refusal whyNotPropose() {
        if (successor != null || retiring) {
            return Refusal.TRANSFERRING;
        }
        return uncommittedBytes >= core.settings.maxUncommittedBytes() ? Refusal.BUSY : null;
    }

    Outcome propose(ConfigurationChange change) {
        Refusal refusal =
                successor != null || retiring ? Refusal.TRANSFERRING : MembershipChange.whyNot(core, this, change);
        if (refusal != null) {
            return new Outcome.Refused(refusal, null);
        }
        Configuration current = core.configuration();
        boolean sameVoters = change.voters().equals(current.voters());
        long index = append(new Payload.Membership(
                sameVoters
                        ? current.withLearners(change.learners())
                        : current.towards(change.voters(), change.learners())));
        return new Outcome.Accepted(index, core.term);
    }

    private long append(Payload payload) {
        long index = core.log.lastIndex() + 1;
        core.append(new LogEntry(index, core.term, payload));
        peers.refresh();
        advanceCommit();
        return index;
    }

    // ---- acknowledgements

    void onAppendResponse(Message.AppendResponse response) {
        Peer peer = peers.get(response.from());
        if (peer != null) {
            replication.onResponse(peer, response);
        }
    }

    void onHeartbeatResponse(Message.HeartbeatResponse response) {
        Peer peer = peers.get(response.from());
        if (peer == null) {
            return;
        }
        if (response.round() > peer.confirmedRound) {
            peer.confirmedRound = response.round();
            peer.echo = response.stamp();
            peer.refusedIndex = response.refusedIndex();
            peer.refusedRequest = response.refusedRequest();
            peer.heartbeats.note(core.now - response.sentAt());
        }
        long leaseStart = core.rules.leaseStart(response.sentAt(), core.now);
        if (peer.confirmedAt == Long.MIN_VALUE || leaseStart - peer.confirmedAt > 0) {
            peer.confirmedAt = leaseStart;
        }
        peer.appliedIndex = Math.max(peer.appliedIndex, response.appliedIndex());
        StateMark theirs = response.mark();
        if (theirs != null && marks.add(peer.id, theirs)) {
            compareMarks(theirs.index());
        }
        replication.onHeartbeatResponse(peer, response);
        confirm();
    }

    private void confirm() {
        confirmedRound = Math.max(confirmedRound, peers.confirmed(round, peer -> peer.confirmedRound));
        long confirmed = peers.confirmed(core.now, peer -> peer.confirmedAt);
        if (confirmed > confirmedAt) {
            confirmedAt = confirmed;
            heardAt = core.now;
            core.leaderKnown();
        }
        reads.confirmed(confirmedRound);
    }

    void quarantine(Peer peer, String reason) {
        if (!peer.quarantined) {
            peer.quarantined = true;
            core.outbox.quarantine(new Effects.Quarantine(peer.id, reason));
        }
    }

    void stateMark(StateMark mark) {
        if (marks.add(core.self, mark)) {
            compareMarks(mark.index());
        }
    }

    /**
     * Who differs from a majority of the voters is no good, this leader not excepted. Without a majority nobody knows
     * who is right.
     */
    private void compareMarks(long index) {
        VoterSet voters = core.configuration().voters();
        if (marks.areComplete(index, voters)) {
            divergedIndex = marks.areUndecided(index, voters) ? index : 0;
        }
        for (MemberId member : marks.outvoted(index, voters)) {
            Peer peer = peers.get(member);
            String reason = "its state at index " + index + " differs from that of most";
            if (peer != null) {
                quarantine(peer, reason);
            } else if (member.equals(core.self)) {
                core.outbox.quarantine(new Effects.Quarantine(member, reason));
            }
        }
    }

    /**
     * Writes into the configuration who is no good, so that the next leader knows. Not where the others are too few for
     * both quorums: there the entry could never be committed.
     */
    private void agreeOnUnfit() {
        Effects.CommittedConfiguration latest = core.configurations.latest();
        Configuration current = latest.configuration();
        List<MemberId> found = peers.all().stream()
                .filter(peer -> peer.quarantined && !current.isUnfit(peer.id))
                .map(peer -> peer.id)
                .toList();
        boolean mayAppend = hasCommittedOwnTerm()
                && latest.index() <= core.commitIndex
                && !current.isJoint()
                && successor == null
                && !retiring;
        if (!found.isEmpty() && mayAppend && peers.alive(current.voters())) {
            append(new Payload.Membership(current.withUnfit(found)));
        }
    }

    /** More is durable, here or elsewhere: commits what that commits. */
    void advanceCommit() {
        long index = Math.min(peers.committed(), core.log.lastIndex());
        boolean ownTerm =
                index > core.commitIndex && (core.log.term(index) == core.term || !core.rules.commitsOnlyOwnTerm());
        if (!ownTerm) {
            return;
        }
        core.commit(index);
        while (!uncommitted.isEmpty() && uncommitted.getFirst().lastIndex() <= index) {
            uncommittedBytes -= uncommitted.removeFirst().bytes();
        }
        peers.refresh();
        Effects.CommittedConfiguration latest = core.configurations.latest();
        if (hasCommittedOwnTerm() && latest.index() <= index) {
            if (latest.configuration().isJoint()) {
                append(new Payload.Membership(latest.configuration().settled()));
            } else {
                retiring = !latest.configuration().isVoter(core.self);
            }
        }
    }

    /** A leader that is no voter any more hands over to the member with the longest log. */
    private void retire() {
        Peer best = null;
        for (Peer peer : peers.all()) {
            boolean better = best == null || peer.match > best.match;
            if (!peer.quarantined && better && core.configuration().isVoter(peer.id)) {
                best = peer;
            }
        }
        giveLeaseUp();
        startRound();
        if (best != null) {
            core.outbox.send(new Message.TimeoutNow(core.group, core.self, best.id, core.term));
        }
        core.follow(core.term, null);
    }

    // ---- reads and leases

    void requestRead(long id) {
        if (leaseHolds(core.now)) {
            core.outbox.confirmedRead(new Effects.ConfirmedRead(id, core.commitIndex, true, core.term));
        } else {
            reads.add(id);
        }
    }

    boolean leaseHolds(long now) {
        if (!core.settings.leaderLease() || leaseGivenUp || !hasCommittedOwnTerm()) {
            return false;
        }
        long start = peers.confirmed(now, peer -> peer.confirmedAt);
        boolean began = start != Long.MIN_VALUE && start - leaseFloor >= 0;
        return began && core.rules.leaseClock(now, lastTick) - start < core.settings.lease();
    }

    void voidLease() {
        leaseFloor = core.now;
    }

    private void giveLeaseUp() {
        leaseGivenUp = core.rules.givesLeaseUpBeforeTransfer();
    }

    // ---- transfer

    @Nullable
    Refusal transferTo(MemberId target) {
        Peer peer = peers.get(target);
        if (peer == null || !core.configuration().voters().contains(target)) {
            return Refusal.NOT_ELIGIBLE;
        }
        if (peer.quarantined) {
            return Refusal.QUARANTINED;
        }
        if (successor != null || retiring) {
            return Refusal.TRANSFERRING;
        }
        successor = target;
        transferDeadline = core.now + core.settings.electionTimeout();
        giveLeaseUp();
        handOverIfReady(peer);
        return null;
    }

    /** Asks the successor to stand once it has the whole log. */
    void handOverIfReady(Peer peer) {
        if (peer.id.equals(successor) && peer.match == core.log.lastIndex()) {
            core.outbox.send(new Message.TimeoutNow(core.group, core.self, peer.id, core.term));
        }
    }

    /**
     * The log may have been cut behind the copy meanwhile, as on a disk that is nearly full: then the member still
     * waits for one.
     */
    void copyArrived(MemberId member, long index) {
        Peer peer = peers.get(member);
        if (peer != null && peer.state == PeerState.COPYING) {
            peer.probeFrom(Math.min(Math.max(peer.match, index), core.log.lastIndex()) + 1);
        }
    }

    void copyFailed(MemberId member) {
        Peer peer = peers.get(member);
        if (peer != null && peer.state == PeerState.COPYING) {
            peer.probeFrom(peer.match + 1);
        }
    }
}

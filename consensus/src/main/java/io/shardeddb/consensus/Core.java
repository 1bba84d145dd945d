package io.shardeddb.consensus;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The state that all roles of one replica share, and the steps that any of them may take. */
final class Core {
    /** Time-outs become eight times as long, at most. */
    private static final int MOST_LOST = 3;

    final GroupId group;
    final MemberId self;
    final Settings settings;
    final SafetyRules rules;
    final RandomGenerator random;
    final ReplicaLog log;
    final ConfigurationHistory configurations;
    final Outbox outbox = new Outbox();

    long term;

    @Nullable
    MemberId vote;

    @Nullable
    MemberId leader;

    Role role = Role.FOLLOWER;

    @Nullable
    Leadership leadership;

    long commitIndex;
    long appliedIndex;

    /**
     * What a learner must have applied before it may vote, in addition to what was committed when that was first asked.
     */
    long appliedByVoters;

    @Nullable
    StateMark mark;

    /** The entry that the state machine refuses at present. */
    long refusedIndex = Message.HeartbeatResponse.REFUSES_NOTHING;

    /** Which of that entry's requests. */
    int refusedRequest = Message.HeartbeatResponse.REQUEST_NOT_TOLD;

    /** The time of the latest input. */
    long now;

    /** Up to where the log is known to equal that of this term's leader. */
    long agreedIndex;

    /** Until when nothing is granted, because of a start. */
    long holdOffUntil;

    /** Until when nothing is granted, because a leader was heard. It outlives terms: so does a lease. */
    long loyalUntil;

    long electionDeadline;
    long electionDelay;

    /** Candidacies in a row that nobody won, at most {@link #MOST_LOST}. */
    private int lostCandidacies;

    private long announcedApply;
    private SoftState announcedState;
    private long hardStateNumber;

    Core(
            GroupId group,
            MemberId self,
            Settings settings,
            Recovered recovered,
            LogView view,
            RandomGenerator random,
            SafetyRules rules,
            long now) {
        this.group = group;
        this.self = self;
        this.settings = settings;
        this.rules = rules;
        this.random = random;
        this.now = now;
        log = new ReplicaLog(view);
        configurations = new ConfigurationHistory(recovered.marker(), recovered.configurationEntries());
        term = recovered.hardState().term();
        vote = recovered.hardState().vote();
        appliedIndex = recovered.appliedIndex();
        commitIndex = Math.max(recovered.marker().index(), appliedIndex);
        announcedApply = appliedIndex;
        announcedState = new SoftState(Role.FOLLOWER, term, null);
        loyalUntil = now;
        // A member that never took part has promised nothing.
        holdOffUntil = term == 0 ? now : now + rules.voteHoldOff(settings);
        electionDeadline = term == 0 && configuration().voters().size() == 1
                ? now
                : Math.max(holdOffUntil, now + electionTimeout());
    }

    /** The configuration in force. */
    Configuration configuration() {
        return rules.inForceWhenAppended()
                ? configurations.latest().configuration()
                : configurations.at(commitIndex).configuration();
    }

    /**
     * Whether a message comes from a member that was removed. The leader that removed itself is heard to the end of its
     * term, because it is the one who says that its removal is committed.
     */
    boolean isExpelled(Message message) {
        MemberId from = message.from();
        return configuration().retired().contains(from) && !(from.equals(leader) && message.term() == term);
    }

    /** Appends a configuration of this member alone, in a term above all that others can have reached. */
    void standAlone() {
        enterTerm(Terms.nextEpoch(term));
        voteFor(self);
        append(new LogEntry(
                log.lastIndex() + 1,
                term,
                new Payload.Membership(configuration().only(self))));
    }

    boolean mayGrant(boolean transfer) {
        return now - holdOffUntil >= 0 && (transfer || now - loyalUntil >= 0);
    }

    /** Takes over a higher term, in which this replica has not voted. */
    void enterTerm(long newTerm) {
        term = newTerm;
        vote = null;
        agreedIndex = 0;
        storeHardState();
    }

    void voteFor(MemberId candidate) {
        vote = candidate;
        storeHardState();
    }

    private void storeHardState() {
        outbox.hardState(new HardState(term, vote));
        hardStateNumber = outbox.nextNumber();
    }

    /** Follows, in a term that may be higher than the present one. */
    void follow(long newTerm, @Nullable MemberId newLeader) {
        if (newTerm > term) {
            if (role == Role.CANDIDATE) {
                candidacyLost();
            }
            enterTerm(newTerm);
        }
        if (leadership != null) {
            leadership.end();
            leadership = null;
            restartElectionTimer();
        }
        role = Role.FOLLOWER;
        leader = newLeader;
    }

    void restartElectionTimer() {
        electionDeadline = Math.max(holdOffUntil, now + electionTimeout());
    }

    /** Stands within one election time-out, if it was due before: others that were held back stand in it, too. */
    void spreadOverdueElection() {
        boolean alone = configuration().voters().size() <= 1 && configuration().outgoing() == null;
        if (now - electionDeadline >= 0 && !alone) {
            electionDeadline = now + random.nextLong(settings.electionTimeout()) + electionDelay;
        }
    }

    /** Stands soon, and lets others stand, although the leader was heard a moment ago. */
    void doubtLeader() {
        if (!rules.brokenConnectionEndsLoyalty(settings)) {
            return;
        }
        loyalUntil = Math.min(loyalUntil, now);
        // Not at once: the others must have noticed too, or they refuse. And one after the other, by their ids, which
        // are random and which all see alike: two that stand together split the votes, and a whole time-out passes.
        long interval = settings.heartbeatInterval();
        long soon = now
                + interval / 10
                + random.nextLong(interval / 5)
                + rankWithout(leader) * (3 * interval / 2)
                + electionDelay;
        electionDeadline = Math.max(holdOffUntil, Math.min(electionDeadline, soon));
    }

    /** How many other voters come before this one when one is gone. */
    private int rankWithout(@Nullable MemberId gone) {
        int before = 0;
        for (Member member : configuration().everyone()) {
            boolean stands =
                    configuration().isVoter(member.id()) && !member.id().equals(gone);
            if (stands && member.id().compareTo(self) < 0) {
                before++;
            }
        }
        return before;
    }

    private long electionTimeout() {
        long least = settings.electionTimeout() * patience();
        return least + random.nextLong(least) + electionDelay;
    }

    /**
     * By how much longer than usual this member waits before it stands, and for who leads. Where messages and forces
     * together take longer than an election time-out, every candidate would give up before the votes are there, for
     * ever: so time-outs double with each candidacy that nobody won. Who merely cannot reach a quorum gets no
     * pre-votes, so does not become a candidate, and waits no longer than usual.
     */
    int patience() {
        return 1 << lostCandidacies;
    }

    /** This member stood, and nobody was elected. */
    void candidacyLost() {
        lostCandidacies = Math.min(lostCandidacies + 1, MOST_LOST);
    }

    /** Somebody leads. */
    void leaderKnown() {
        lostCandidacies = 0;
    }

    /** Sends what says that this replica is in its present term. */
    void sendInTerm(Message message) {
        if (outbox.isDurable(hardStateNumber)) {
            outbox.send(message);
        } else {
            outbox.sendWhenDurable(message);
        }
    }

    void append(LogEntry entry) {
        log.append(entry);
        configurations.append(entry);
    }

    void truncateFrom(long index) {
        log.truncateFrom(index);
        if (rules.rollsConfigurationBack()) {
            configurations.truncateFrom(index);
        }
    }

    /** Commits up to an index that the log contains. */
    void commit(long index) {
        List<Effects.CommittedConfiguration> reached = configurations.between(commitIndex, index);
        for (int i = 0; i < reached.size(); i++) {
            outbox.committed(reached.get(i));
        }
        commitIndex = index;
    }

    /** The state machine begins again at an index: it must be fed from there. */
    void restartApplyAt(long index) {
        appliedIndex = index;
        announcedApply = index;
    }

    Effects drain() {
        log.drainInto(outbox);
        long ready = rules.appliesOnlyDurable() ? Math.min(commitIndex, log.durableIndex()) : commitIndex;
        if (ready > announcedApply) {
            announcedApply = ready;
            outbox.applyUpTo(ready);
        }
        if (hasNewSoftState()) {
            announcedState = new SoftState(role, term, leader);
            outbox.softState(announcedState);
        }
        Effects effects = outbox.drain();
        if (effects.number() > 0) {
            log.writtenAs(effects.number());
        }
        return effects;
    }

    private boolean hasNewSoftState() {
        MemberId announcedLeader = announcedState.leader();
        return role != announcedState.role()
                || term != announcedState.term()
                || (leader == null ? announcedLeader != null : !leader.equals(announcedLeader));
    }
}

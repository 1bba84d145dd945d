package io.shardeddb.consensus;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member's part in one consensus group: Raft as a pure state machine. It has no threads, clocks, sockets or files.
 * The code that drives it gives it inputs, one at a time, each with the time, and carries out the {@link Effects} that
 * it then drains. Any number of inputs may be given before one drain: that is how requests are batched.
 *
 * <p>Times are nanoseconds of one monotonic clock with any origin, and never go back. Not safe for use by several
 * threads at once.
 */
public final class Replica {
    private final Core core;
    private final Following following;
    private final Election election;

    /**
     * A replica that starts, or starts again.
     *
     * @param group the group
     * @param self this member
     * @param settings times and bounds
     * @param recovered what was stored; all of it durable
     * @param log the stored log
     * @param random where the spread of election time-outs comes from
     * @param now the time of the start
     */
    public Replica(
            GroupId group,
            MemberId self,
            Settings settings,
            Recovered recovered,
            LogView log,
            RandomGenerator random,
            long now) {
        this(group, self, settings, recovered, log, random, now, SafetyRules.SOUND);
    }

    /** The same with other rules than {@link SafetyRules#SOUND}: for simulators alone, to see that they notice. */
    public Replica(
            GroupId group,
            MemberId self,
            Settings settings,
            Recovered recovered,
            LogView log,
            RandomGenerator random,
            long now,
            SafetyRules rules) {
        core = new Core(group, self, settings, recovered, log, random, rules, now);
        following = new Following(core);
        election = new Election(core);
    }

    /** This member. */
    public MemberId self() {
        return core.self;
    }

    /** The group. */
    public GroupId group() {
        return core.group;
    }

    /** A message has arrived. One that is meant for another group or member is dropped. */
    public void step(Message message, long now) {
        core.now = now;
        if (!message.group().equals(core.group) || !message.to().equals(core.self) || core.isExpelled(message)) {
            return;
        }
        switch (message) {
            case Message.AppendRequest request -> following.onAppend(request);
            case Message.Heartbeat heartbeat -> following.onHeartbeat(heartbeat);
            case Message.AppendResponse response -> {
                Leadership leadership = leadershipFor(response.term());
                if (leadership != null) {
                    leadership.onAppendResponse(response);
                }
            }
            case Message.HeartbeatResponse response -> {
                Leadership leadership = leadershipFor(response.term());
                if (leadership != null) {
                    leadership.onHeartbeatResponse(response);
                }
            }
            case Message.VoteRequest request -> election.onRequest(request);
            case Message.VoteResponse response -> election.onResponse(response);
            case Message.TimeoutNow request -> election.onTimeoutNow(request);
        }
    }

    /** The leadership that an answer in this term is for; a higher term ends it. */
    private @Nullable Leadership leadershipFor(long term) {
        if (term > core.term) {
            core.follow(term, null);
        }
        return term == core.term ? core.leadership : null;
    }

    /**
     * Time has passed. Call this at {@link #deadline()}, and about every ten milliseconds while writes are going on.
     */
    public void tick(long now) {
        core.now = now;
        if (core.leadership != null) {
            core.leadership.tick();
        } else {
            election.tick();
        }
    }

    /**
     * A time is over in which this replica was given neither ticks nor the messages of elections, as after a start
     * until its rows were looked at. Members that were held back together do not stand together: two that do split the
     * votes, and a whole time-out passes.
     */
    public void resume(long now) {
        core.now = now;
        if (core.leadership == null) {
            core.spreadOverdueElection();
        }
    }

    /** When {@link #tick} has something to do at the latest, if no other input comes before. */
    public long deadline() {
        return core.leadership != null ? core.leadership.deadline() : core.electionDeadline;
    }

    /**
     * Asks for commands to be appended, in this order, one entry each.
     *
     * @param commands at least one
     * @return accepted with the place of the first, or refused
     */
    public Outcome propose(List<? extends Payload.Command> commands, long now) {
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("nothing to propose");
        }
        core.now = now;
        return core.leadership == null ? notLeader() : core.leadership.propose(commands);
    }

    /**
     * Asks for another membership. Accepted means begun: watch {@link Effects#committedConfigurations()} for the end. A
     * change of voters first commits a joint configuration, and the leader, or its successor, then the final one.
     */
    public Outcome proposeConfiguration(ConfigurationChange change, long now) {
        core.now = now;
        return core.leadership == null ? notLeader() : core.leadership.propose(change);
    }

    /**
     * Makes this member the only voter of its group, because so many others are lost for good that no quorum can ever
     * come together again. Everything in this member's log stays and is committed by it, acknowledged or not; what only
     * the lost ones had is lost. The others' ids are retired, and nothing that such a member sends is heard here any
     * more; the next terms lie above all that the lost ones can have reached.
     *
     * <p>Nothing in the protocol can tell that the others are lost and not just silent: the caller must know that. Of
     * all survivors, the one with the greatest last term and index must be chosen.
     *
     * @param lastTerm the term of this member's last entry, as the caller has seen it
     * @param lastIndex the index of that entry
     * @return why not; {@code null} if it has begun. It leads when what {@link #drain} gives is durable
     */
    public @Nullable Refusal recover(long lastTerm, long lastIndex, long now) {
        core.now = now;
        if (core.leader != null || core.leadership != null) {
            return Refusal.HAS_LEADER;
        }
        if (!core.configuration().isVoter(core.self)) {
            return Refusal.NOT_ELIGIBLE;
        }
        if (core.log.lastTerm() != lastTerm || core.log.lastIndex() != lastIndex) {
            return Refusal.LOG_DIFFERS;
        }
        core.standAlone();
        election.standAtOnce();
        return null;
    }

    private Outcome notLeader() {
        return new Outcome.Refused(Refusal.NOT_LEADER, core.leader);
    }

    /**
     * Asks for a strong read. The answer comes by {@link Effects#reads()} or {@link Effects#refusedReads()}, or never,
     * if there is no quorum for long: the waiting must be bounded by the caller.
     *
     * @param id names the request in the answer
     */
    public void requestRead(long id, long now) {
        core.now = now;
        if (core.leadership == null) {
            core.outbox.refusedRead(id);
        } else {
            core.leadership.requestRead(id);
        }
    }

    /**
     * Whether a read that was confirmed by lease may still be answered. To be asked after the rows were read.
     *
     * @param term the term of the confirmed read
     * @param now the present time, taken after the rows were read
     */
    public boolean leaseHolds(long term, long now) {
        return core.leadership != null && core.term == term && core.leadership.leaseHolds(now);
    }

    /** Gives the present lease up, because the clock cannot be trusted: wall and monotonic time have drifted apart. */
    public void voidLease(long now) {
        core.now = now;
        if (core.leadership != null) {
            core.leadership.voidLease();
        }
    }

    /**
     * Asks to hand leadership over. Proposals are refused meanwhile; after one election time-out without success the
     * leader goes on, without its lease for the rest of the term.
     *
     * @return why not; {@code null} if it has begun
     */
    public @Nullable Refusal transferLeadership(MemberId target, long now) {
        core.now = now;
        return core.leadership == null ? Refusal.NOT_LEADER : core.leadership.transferTo(target);
    }

    /** All batches up to this number are durable. */
    public void persisted(long number, long now) {
        core.now = now;
        core.outbox.persisted(number);
        core.log.persisted(number);
        if (core.leadership != null) {
            core.leadership.advanceCommit();
        } else {
            election.persisted();
        }
    }

    /** The state machine has applied everything up to this index and shows it to readers. */
    public void applied(long index) {
        core.appliedIndex = Math.max(core.appliedIndex, index);
    }

    /**
     * No learner gets a vote before it has applied an entry: something is known to hold because so many voters have
     * applied it, and a vote of one that has not would undo that. Entries that were committed before the promotion is
     * asked for need not be named.
     *
     * @param index the entry's; one below an earlier one changes nothing
     */
    public void voteOnlyAfter(long index) {
        core.appliedByVoters = Math.max(core.appliedByVoters, index);
    }

    /**
     * The state machine refuses to carry out a committed entry. The leader learns it with the next heartbeat, by
     * {@link ReplicaStatus.PeerStatus#refusedIndex()}; what follows from it is decided by the code that drives the
     * replica.
     *
     * @param index the entry; {@link Message.HeartbeatResponse#REFUSES_NOTHING} if there is none at present
     * @param request which of its requests, from 0; {@link Message.HeartbeatResponse#REQUEST_NOT_TOLD} if there is none
     */
    public void refused(long index, int request) {
        core.refusedIndex = index;
        core.refusedRequest = request;
    }

    /** The state machine's history up to an index has this hash. Give marks at the same indexes on all members. */
    public void stateMark(StateMark mark) {
        core.mark = mark;
        if (core.leadership != null) {
            core.leadership.stateMark(mark);
        }
    }

    /**
     * A copy of the state machine's data up to the marker has been received, <em>and is durable there</em>. The log
     * begins at the marker as soon as the effects are carried out; the leader learns it when they are durable.
     *
     * @return whether the copy is of use; if not, the log already begins later, and a newer copy is needed
     */
    public boolean copied(SnapshotMarker marker, long now) {
        core.now = now;
        return following.install(marker);
    }

    /**
     * A copy that {@link Effects#copiesNeeded()} asked for is there, as the leader was told. If this log begins behind
     * it by now, a later one will be asked for.
     *
     * @param index that the copy reaches
     */
    public void copyArrived(MemberId member, long index, long now) {
        core.now = now;
        if (core.leadership != null) {
            core.leadership.copyArrived(member, index);
        }
    }

    /** A copy that {@link Effects#copiesNeeded()} asked for has failed. It will be asked for again. */
    public void copyFailed(MemberId member, long now) {
        core.now = now;
        if (core.leadership != null) {
            core.leadership.copyFailed(member);
        }
    }

    /**
     * The marker of a copy, or of a log, that contains everything up to the index.
     *
     * @param index from the present marker's to the commit index
     */
    public SnapshotMarker markerAt(long index) {
        if (index < core.log.firstIndex() - 1 || index > core.commitIndex) {
            throw new IllegalArgumentException(
                    "index " + index + " is not between " + (core.log.firstIndex() - 1) + " and " + core.commitIndex);
        }
        Effects.CommittedConfiguration inForce = core.configurations.at(index);
        return new SnapshotMarker(index, core.log.term(index), inForce.configuration(), inForce.index());
    }

    /** The log's keeper has removed everything up to this index, having stored {@link #markerAt} of it before. */
    public void purged(long index) {
        core.configurations.purge(index);
    }

    /**
     * Makes this member slower to stand for election than others, whatever ranks them. It can only lengthen time-outs:
     * a shorter one could end before a lease does.
     *
     * @param nanoseconds 0 or more, added to each time-out from the next on
     */
    public void electionDelay(long nanoseconds) {
        if (nanoseconds < 0) {
            throw new IllegalArgumentException("an election delay of " + nanoseconds + " ns would shorten time-outs");
        }
        core.electionDelay = nanoseconds;
    }

    /**
     * The connection to a member's server broke, as it does at once when a process ends. If that member is the leader,
     * this one need not wait for silence: it stands soon, and lets others stand. A false alarm costs a few messages,
     * because those that still hear the leader grant no pre-vote. Without effect where leases are in use, for they rest
     * on the full waiting.
     *
     * @param member whose server cannot be reached
     */
    public void unreachable(MemberId member, long now) {
        core.now = now;
        if (member.equals(core.leader) && core.role == Role.FOLLOWER) {
            core.doubtLeader();
        }
    }

    /** How recent this member provably is; meaningful on followers. */
    public Freshness freshness() {
        return following.freshness();
    }

    /** What there is to do since the last drain. */
    public Effects drain() {
        if (core.leadership != null) {
            core.leadership.flush();
        }
        return core.drain();
    }

    /** The present role. */
    public Role role() {
        return core.role;
    }

    /** The present term. */
    public long term() {
        return core.term;
    }

    /** The leader of the present term, as far as known. */
    public @Nullable MemberId leader() {
        return core.leader;
    }

    /** Up to where the log is known to be committed. */
    public long commitIndex() {
        return core.commitIndex;
    }

    /** A look at everything. */
    public ReplicaStatus status() {
        return new ReplicaStatus(
                core.role,
                core.term,
                core.leader,
                core.commitIndex,
                core.appliedIndex,
                core.log.durableIndex(),
                core.log.lastIndex(),
                core.log.lastTerm(),
                core.configuration(),
                core.configurations.at(core.commitIndex),
                core.leadership == null ? List.of() : core.leadership.peers.status(),
                core.leadership == null ? following.weight() : core.leadership.peers.weight(core.self),
                core.leadership == null ? List.of() : core.leadership.peers.quorums(),
                core.leadership == null ? 0 : core.leadership.divergedIndex);
    }
}

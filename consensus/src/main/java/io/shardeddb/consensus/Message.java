package io.shardeddb.consensus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What members say to one another. Every message names the group and both member ids; the receiver drops what is not
 * addressed to its own. Loss, delay, duplication and reordering are harmless. Times are the sender's nanoseconds. A
 * receiver only sends them back.
 */
public sealed interface Message {

    /** The group that this is about. */
    GroupId group();

    /** The sender. */
    MemberId from();

    /** The one member meant. */
    MemberId to();

    /** The sender's term, except as said at {@link VoteRequest}. */
    long term();

    /**
     * Asks for a vote.
     *
     * @param term the term to be led: in a pre-vote one above the sender's
     * @param lastIndex the candidate's last log index
     * @param lastTerm the term of the entry there
     * @param preVote whether this only asks what the answer would be
     * @param transfer whether the leader itself asked the candidate to stand, which overrides the receiver's loyalty
     */
    record VoteRequest(
            GroupId group,
            MemberId from,
            MemberId to,
            long term,
            long lastIndex,
            long lastTerm,
            boolean preVote,
            boolean transfer)
            implements Message {}

    /**
     * Answers a {@link VoteRequest}.
     *
     * @param term the requested term if granted, else the sender's
     */
    record VoteResponse(GroupId group, MemberId from, MemberId to, long term, boolean preVote, boolean granted)
            implements Message {}

    /**
     * Carries consecutive entries.
     *
     * @param round the leader's latest round of heartbeats
     * @param previousIndex the index before the first entry
     * @param previousTerm the term there, by which the receiver recognises that it has the same log up to it
     * @param entries may be empty
     * @param commitIndex the leader's
     * @param weight what the receiver weighs at the leader
     */
    record AppendRequest(
            GroupId group,
            MemberId from,
            MemberId to,
            long term,
            long round,
            long previousIndex,
            long previousTerm,
            List<LogEntry> entries,
            long commitIndex,
            Weight weight)
            implements Message {}

    /**
     * Answers an {@link AppendRequest}; sent only when everything up to {@code matchIndex} is durable.
     *
     * @param round the request's; 0 if this only says that the receiver's term is over
     * @param accepted whether the logs agree at the request's previous index
     * @param matchIndex if accepted, up to where the sender's durable log is known to equal the leader's; else the
     *     refused previous index, or -1 if this only says that the receiver's term is over
     * @param hintIndex if refused, where the leader should try next
     * @param hintTerm if refused, the term of the sender's entry there
     * @param lastIndex the sender's last log index
     */
    record AppendResponse(
            GroupId group,
            MemberId from,
            MemberId to,
            long term,
            long round,
            boolean accepted,
            long matchIndex,
            long hintIndex,
            long hintTerm,
            long lastIndex)
            implements Message {}

    /**
     * Keeps followers loyal, confirms leadership for reads and leases, and tells how far to apply.
     *
     * @param round counts up within a term
     * @param sentAt the leader's time; comes back in the response, so that a lease runs from the sending
     * @param commitIndex the leader's
     * @param confirmedRound the latest round that a quorum has acknowledged
     * @param echo the latest {@link HeartbeatResponse#stamp()} from the receiver; {@link Long#MIN_VALUE} if none
     * @param unfit whether the group has committed that the receiver is no good
     */
    record Heartbeat(
            GroupId group,
            MemberId from,
            MemberId to,
            long term,
            long round,
            long sentAt,
            long commitIndex,
            long confirmedRound,
            long echo,
            boolean unfit)
            implements Message {}

    /**
     * Answers a {@link Heartbeat}.
     *
     * @param round the heartbeat's
     * @param sentAt the heartbeat's
     * @param stamp the sender's own time; comes back as {@link Heartbeat#echo()}
     * @param appendedIndex up to where the sender's log is known to equal the leader's, durable or not
     * @param durableIndex the same, durable
     * @param lastIndex the sender's last log index
     * @param appliedIndex what the sender's state machine has applied
     * @param mark the sender's latest state mark
     * @param refusedIndex the entry that the sender's state machine refuses at present; {@link #REFUSES_NOTHING} if
     *     none, 0 from a version that does not say
     * @param refusedRequest which request of that entry it is, from 0; {@link #REQUEST_NOT_TOLD} if there is none, or
     *     from a version that does not say
     */
    record HeartbeatResponse(
            GroupId group,
            MemberId from,
            MemberId to,
            long term,
            long round,
            long sentAt,
            long stamp,
            long appendedIndex,
            long durableIndex,
            long lastIndex,
            long appliedIndex,
            @Nullable StateMark mark,
            long refusedIndex,
            int refusedRequest)
            implements Message {

        /** The sender's state machine refuses no entry. */
        public static final long REFUSES_NOTHING = -1;

        /** It is not known which request of the entry is refused. */
        public static final int REQUEST_NOT_TOLD = -1;
    }

    /** Asks the receiver to stand for election at once. The sender has given up its lease before. */
    record TimeoutNow(GroupId group, MemberId from, MemberId to, long term) implements Message {}
}

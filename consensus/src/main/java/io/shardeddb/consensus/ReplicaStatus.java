package io.shardeddb.consensus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A look at a replica, for reports and decisions outside.
 *
 * @param role its role
 * @param term its term
 * @param leader the leader it knows
 * @param commitIndex up to where it knows the log to be committed
 * @param appliedIndex what its state machine has reported as applied
 * @param durableIndex up to where its log is durable
 * @param lastIndex its last entry
 * @param lastTerm the term of that entry
 * @param configuration the configuration in force, committed or not
 * @param committedConfiguration the last committed configuration
 * @param peers what a leader knows about the others; empty elsewhere
 * @param weight what this voter weighs at the leader, as far as it was told; {@link Weight#NONE} where heads are
 *     counted
 * @param quorums the weights by which a leader commits, those of the voters to come first; empty elsewhere and where
 *     heads are counted
 * @param divergedIndex at a leader, an index up to which the voters' state machines have different states, and no
 *     majority says which is right. No voter is declared no good, and a person must look. 0 elsewhere and where there
 *     is none
 */
public record ReplicaStatus(
        Role role,
        long term,
        @Nullable MemberId leader,
        long commitIndex,
        long appliedIndex,
        long durableIndex,
        long lastIndex,
        long lastTerm,
        Configuration configuration,
        Effects.CommittedConfiguration committedConfiguration,
        List<PeerStatus> peers,
        Weight weight,
        List<QuorumStatus> quorums,
        long divergedIndex) {

    /**
     * What a leader knows about another member.
     *
     * @param id who
     * @param state how entries are being sent to it
     * @param matchIndex up to where its durable log equals the leader's
     * @param appliedIndex what it said to have applied
     * @param refusedIndex the entry that its state machine refuses, by its latest answer;
     *     {@link Message.HeartbeatResponse#REFUSES_NOTHING} if none, 0 if it has not said
     * @param refusedRequest which request of that entry, from 0; {@link Message.HeartbeatResponse#REQUEST_NOT_TOLD} if
     *     it has not said
     * @param lastHeard the leader's time of the sending of the last round that it acknowledged; {@link Long#MIN_VALUE}
     *     if none
     * @param quarantined whether it is not counted any more
     * @param appends from the sending of entries to the acknowledgement that they are durable there
     * @param heartbeats from the sending of heartbeats to their answers
     */
    public record PeerStatus(
            MemberId id,
            PeerState state,
            long matchIndex,
            long appliedIndex,
            long refusedIndex,
            int refusedRequest,
            long lastHeard,
            boolean quarantined,
            Durations.Summary appends,
            Durations.Summary heartbeats) {}

    /** How a leader sends entries to a member. */
    public enum PeerState {
        /** Finding out where the logs agree, one message at a time. */
        PROBING,
        /** Sending a stream of appends within the window. */
        REPLICATING,
        /** Waiting for a copy of the data to be installed. */
        COPYING
    }
}

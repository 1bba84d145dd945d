package io.shardeddb.consensus;

import io.shardeddb.consensus.ReplicaStatus.PeerState;
import java.util.ArrayDeque;

/** What a leader knows about one other member. */
final class Peer {
    private record Inflight(long lastIndex, int bytes, long sentAt) {}

    final MemberId id;
    PeerState state = PeerState.PROBING;

    /** The next index to send. */
    long next;

    /** Up to where the member's durable log is known to equal the leader's. */
    long match;

    /** The leader's round when {@code match} was learned; a later round must not show a shorter log. */
    long matchRound;

    /**
     * The leader's round when the latest append was sent; a later round's answer has seen that append or it is lost.
     */
    long appendRound;

    /** Whether a probe awaits its answer. */
    boolean probing;

    /** The commit index in the latest message. */
    long commitSent;

    long confirmedRound = Long.MIN_VALUE;

    /** The start of the lease that this member's latest acknowledgement confirms. */
    long confirmedAt = Long.MIN_VALUE;

    long appliedIndex;

    /** The entry that its state machine refuses, by its latest answer; 0 while it has not said. */
    long refusedIndex;

    /** Which of that entry's requests. */
    int refusedRequest = Message.HeartbeatResponse.REQUEST_NOT_TOLD;

    long echo = Long.MIN_VALUE;
    boolean quarantined;

    /** What a learner must have before it may vote, and since when. */
    long promotionGoal;

    long promotionGoalSince;

    /**
     * What it must have applied before it may vote: the commit index when this leader was first asked; 0 until then.
     */
    long appliedGoal;

    /** From the sending of appends to the acknowledgement that they are durable there. */
    final Durations appends = new Durations();

    /** From the sending of heartbeats to their answers. */
    final Durations heartbeats = new Durations();

    private final ArrayDeque<Inflight> inflight = new ArrayDeque<>(2);
    private long inflightBytes;

    Peer(MemberId id, long next) {
        this.id = id;
        this.next = next;
    }

    boolean windowIsFull(Settings settings) {
        return inflight.size() >= settings.maxInflightAppends() || inflightBytes >= settings.maxInflightBytes();
    }

    void sent(long lastIndex, int bytes, long now) {
        inflight.add(new Inflight(lastIndex, bytes, now));
        inflightBytes += bytes;
    }

    void release(long upTo, long now) {
        while (!inflight.isEmpty() && inflight.getFirst().lastIndex() <= upTo) {
            Inflight done = inflight.removeFirst();
            inflightBytes -= done.bytes();
            appends.note(now - done.sentAt());
        }
    }

    /** Goes back to one message at a time, from an index on. */
    void probeFrom(long index) {
        state = PeerState.PROBING;
        next = index;
        probing = false;
        inflight.clear();
        inflightBytes = 0;
    }

    /** Starts the stream after the match. */
    void replicate() {
        probeFrom(match + 1);
        state = PeerState.REPLICATING;
    }
}

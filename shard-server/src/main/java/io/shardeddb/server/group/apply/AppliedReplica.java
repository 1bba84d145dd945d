package io.shardeddb.server.group.apply;

import io.shardeddb.consensus.Replica;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.group.verdict.UnprovenTables;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.EntryOutcome;

/**
 * The replica whose entries an {@link Applier} brings into the store: what it is asked, and what it is told. Used on
 * the loop.
 */
public interface AppliedReplica {

    /** The monotonic clock, in nanoseconds. Any thread. */
    long now();

    /** What others may know of it. */
    ReplicaView view();

    /** The protocol's part of it. */
    Replica core();

    /** Its writes before they are committed. */
    Proposals proposals();

    /** Its tables that a verdict may still take back. */
    UnprovenTables tables();

    /** Replicas on this server, with this one. */
    int replicasHere();

    /** Whether somebody waits for the outcomes of entries that are committed. */
    boolean waitsForOutcomes();

    /** Whether somebody waits until the rows here are those of the last committed entry. */
    boolean waitsForRows();

    /** Gives it a turn after the present tasks. */
    void touch();

    /** The rows are not ahead of the log. */
    void compared();

    /** What is applied has changed in more than its rows. */
    void appliedState(AppliedState state);

    /** Entries up to an index are applied, and readers see them. */
    void appliedTo(long index);

    /** Lets the group compare what the members have: all of them end a portion at this index. */
    void mark(AppliedState state);

    /** The tables were summed at an entry. */
    void checksummed(EntryOutcome outcome);

    /** Something keeps entries from being applied; it is tried again. */
    void stalled(String reason);

    /** Nothing more can be applied here, and a retry would not help: a member that has applied more leads. */
    void cannotGoOn(String reason, long now);

    /**
     * Another member's database may answer: leadership is offered at once to one that has applied an entry, if there is
     * one.
     */
    void storeFailed(String reason, long entry);

    /** The rows are worth nothing, or behind the log's beginning. */
    void needsCopy(String reason);

    /** A copy is durable in the store: the log goes on from there. */
    void copied(AppliedState state, long now);

    /** No copy is being taken any more. */
    void copyEnds();

    /** What is wrong is in what is stored: it neither votes nor serves any more, in no later process either. */
    void quarantineForGood(String reason);
}

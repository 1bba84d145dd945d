package io.shardeddb.router.cut;

import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.RequestId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one read, by their numbers from 0. What they are asked is tried until it is answered for good, or the
 * time of the read is over.
 *
 * @param <V> what is read of one shard
 */
public interface CutSteps<V> {

    /**
     * Reads a shard strongly.
     *
     * @param how as a part of a cut; absent: alone
     */
    CompletableFuture<CutView<V>> open(int part, @Nullable CutPart how);

    /** Gives up what was read. */
    void drop(V value);

    /** Asks a shard's leader whether a view of it still shows everything. */
    CompletableFuture<CutReply> check(int part, long index, long gate);

    /** Asks the shard that decides some attempts which of them it has decided. */
    CompletableFuture<CutReply> decided(Participant decider, List<RequestId> attempts);

    /** Whether the answers of the other shards do not matter any more. */
    boolean isFinal(Throwable failure);

    /** What the failures of some shards come to. */
    Throwable failure(Map<Integer, Throwable> failures);

    /** What it comes to that no common moment was found in the time of the read. */
    Throwable timedOut();

    /** Whether the time of the read is not over. */
    boolean hasTime();

    /** Does something after a random time. */
    void later(Runnable work, int longestMillis);

    /** A number for a gate: not 0, and no other read has it. */
    long newGate();
}

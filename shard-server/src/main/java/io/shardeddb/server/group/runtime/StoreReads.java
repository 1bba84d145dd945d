package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.RowsView;
import io.shardeddb.server.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one replica that may begin: the rows are read from the store, and then it is looked once more whether the
 * replica still leads. Reads by key gather while others are being read, and are then read together.
 */
final class StoreReads {
    /** A group with many reads gives its thread back after so many rounds, so that other groups get one. */
    private static final int ROUNDS_IN_A_ROW = 16;

    private static final int MOST_AT_ONCE = 256;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String GOES_DOWN = "the server goes down";

    private final GroupRuntime runtime;
    private final GroupReplica replica;
    private final ConcurrentLinkedQueue<Admitted> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean reading = new AtomicBoolean();

    StoreReads(GroupRuntime runtime, GroupReplica replica) {
        this.runtime = runtime;
        this.replica = replica;
    }

    /**
     * A read that may begin.
     *
     * @param store as it was when the read was admitted
     * @param confirmed of a strong read
     * @param again begins again, when the leadership that was confirmed ended meanwhile
     * @param reply takes the answer
     */
    record Admitted(
            ReadRequest request,
            ReplicaStore store,
            Effects.@Nullable ConfirmedRead confirmed,
            Runnable again,
            Consumer<ReadReply> reply) {}

    /** Reads keys or a page, soon. On the loop. */
    void read(Admitted read) {
        if (read.request().hasKeys()) {
            waiting.add(read);
            // Others may become ready in the same turn: they are begun together at its end.
            replica.touch();
        } else if (!execute(() -> read(List.of(read)))) {
            refuseAll(List.of(read), ErrorCode.SHUTTING_DOWN, GOES_DOWN);
        }
    }

    /** Begins what waits, unless a round is going on, which takes it along. On the loop, at the end of a turn. */
    void begin() {
        if (!waiting.isEmpty() && reading.compareAndSet(false, true)) {
            goOn();
        }
    }

    private void goOn() {
        if (!execute(this::rounds)) {
            for (List<Admitted> some = takeSome(); !some.isEmpty(); some = takeSome()) {
                refuseAll(some, ErrorCode.SHUTTING_DOWN, GOES_DOWN);
            }
            reading.set(false);
        }
    }

    private boolean execute(Runnable work) {
        try {
            runtime.surroundings().reads().execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void rounds() {
        for (int round = 0; round < ROUNDS_IN_A_ROW; round++) {
            List<Admitted> together = takeSome();
            if (!together.isEmpty()) {
                read(together);
            }
            if (waiting.isEmpty()) {
                reading.set(false);
                // What came between the two is taken by the first of this thread and the loop.
                if (waiting.isEmpty() || !reading.compareAndSet(false, true)) {
                    return;
                }
            }
        }
        goOn();
    }

    /** What can be read together. Used only by the thread that has set {@link #reading}. */
    private List<Admitted> takeSome() {
        List<Admitted> together = new ArrayList<>();
        Admitted next = waiting.peek();
        while (next != null
                && together.size() < MOST_AT_ONCE
                && (together.isEmpty()
                        || next.store().equals(together.getFirst().store()))) {
            together.add(waiting.remove());
            next = waiting.peek();
        }
        return together;
    }

    /** All of them by key, or a page alone. They are answered together, on the loop. */
    private void read(List<Admitted> together) {
        try {
            List<ReadReply> replies = rows(together);
            runtime.loop().execute(() -> answer(together, replies));
        } catch (StoreUnavailableException e) {
            recheck();
            refuseAll(together, ErrorCode.STORE_UNAVAILABLE, "the rows' database fails: " + e.getMessage());
        } catch (RuntimeException e) {
            refuseAll(together, ErrorCode.INTERNAL, "the read failed: " + e);
        }
    }

    private static List<ReadReply> rows(List<Admitted> together) throws StoreUnavailableException {
        Admitted first = together.getFirst();
        return first.request().hasKeys()
                ? first.store()
                        .readKeys(together.stream().map(Admitted::request).toList())
                : List.of(first.store().read(first.request()));
    }

    private void answer(List<Admitted> together, List<ReadReply> replies) {
        long now = runtime.now();
        runtime.compareClocks(now);
        // Every read that is answered here shows a state of before this time.
        long logMillis = replica.view().role() == Role.LEADER ? replica.clock().millis() : 0;
        for (int i = 0; i < replies.size(); i++) {
            Admitted read = together.get(i);
            // The process may have been frozen since the confirmation: look again just before the answer.
            if (stillLeads(read.confirmed(), now)) {
                read.reply()
                        .accept(replies.get(i).toBuilder()
                                .setLeader(replica.view().leader())
                                .setLogMillis(logMillis)
                                .build());
            } else {
                read.again().run();
            }
        }
    }

    /** Whether the leadership of a confirmation still lasts. On the loop. */
    private boolean stillLeads(Effects.@Nullable ConfirmedRead confirmed, long now) {
        if (confirmed == null) {
            return true;
        }
        ReplicaView view = replica.view();
        return view.role() == Role.LEADER
                && view.term() == confirmed.term()
                && (!confirmed.byLease() || replica.core().leaseHolds(confirmed.term(), now));
    }

    /**
     * Streams a range under one view. A strong scan looks once whether the leadership that was confirmed still lasts:
     * after the view was opened, before its first row leaves. What the view shows is decided by then, so a leadership
     * that ends later takes nothing from it.
     *
     * @param chunks takes each chunk and says whether to go on; may block
     */
    ScanEnd scan(
            ReadRequest request,
            ReplicaStore store,
            Effects.@Nullable ConfirmedRead confirmed,
            Predicate<ScanChunk> chunks) {
        ScanEnd.Builder end;
        FirstLook firstLook = new FirstLook(confirmed, chunks);
        try {
            end = store.scan(request, firstLook).toBuilder();
            if (!end.hasError() && !firstLook.leads()) {
                end = ScanEnd.newBuilder()
                        .setError(Answers.error(
                                ErrorCode.NOT_LEADER, "the leadership ended before the first row was given out"));
            }
        } catch (StoreUnavailableException e) {
            recheck();
            end = ScanEnd.newBuilder()
                    .setError(
                            Answers.error(ErrorCode.STORE_UNAVAILABLE, "the rows' database fails: " + e.getMessage()));
        } catch (RuntimeException e) {
            end = ScanEnd.newBuilder().setError(Answers.error(ErrorCode.INTERNAL, "the scan failed: " + e));
        }
        return end.setLeader(replica.view().leader()).build();
    }

    /**
     * Opens a view. As a scan, it looks once whether the leadership that was confirmed still lasts.
     *
     * @param opened takes the view
     * @param refused takes the reason why there is none
     */
    void open(
            ReplicaStore store,
            Effects.@Nullable ConfirmedRead confirmed,
            Consumer<RowsView> opened,
            BiConsumer<ErrorCode, String> refused) {
        RowsView view;
        try {
            view = store.openView();
        } catch (StoreUnavailableException e) {
            recheck();
            refused.accept(ErrorCode.STORE_UNAVAILABLE, "the rows' database fails: " + e.getMessage());
            return;
        }
        if (stillLeads(confirmed)) {
            opened.accept(view);
        } else {
            view.close();
            refused.accept(ErrorCode.NOT_LEADER, Answers.notLeaderText(replica.view()));
        }
    }

    /** Passes chunks on once it is known that the leadership outlasted the opening of their view. Of one thread. */
    private final class FirstLook implements Predicate<ScanChunk> {
        private final Effects.@Nullable ConfirmedRead confirmed;
        private final Predicate<ScanChunk> chunks;
        private @Nullable Boolean leads;

        FirstLook(Effects.@Nullable ConfirmedRead confirmed, Predicate<ScanChunk> chunks) {
            this.confirmed = confirmed;
            this.chunks = chunks;
        }

        /** What was seen; looks now if no row made it look before. */
        boolean leads() {
            Boolean known = leads;
            if (known == null) {
                known = stillLeads(confirmed);
                leads = known;
            }
            return known;
        }

        @Override
        public boolean test(ScanChunk chunk) {
            return leads() && chunks.test(chunk);
        }
    }

    private boolean stillLeads(Effects.@Nullable ConfirmedRead confirmed) {
        if (confirmed == null) {
            return true;
        }
        CompletableFuture<Boolean> answer = runtime.onLoop(() -> {
            long now = runtime.now();
            runtime.compareClocks(now);
            return stillLeads(confirmed, now);
        });
        return runtime.surroundings().await(answer, LOOK_NANOS, false);
    }

    private void refuseAll(List<Admitted> reads, ErrorCode code, String text) {
        ReadReply refusal = Answers.read(code, text, replica.view().leader());
        reads.forEach(read -> read.reply().accept(refusal));
    }

    /**
     * A database that was killed comes back without its last commits. On an idle shard a read that fails is what shows
     * it. Then the store is opened again, and what is missing is applied again.
     */
    private void recheck() {
        runtime.loop().execute(() -> {
            long expected = replica.applier().applied();
            replica.applier().run(store -> {
                long present = store.applied().index();
                if (present < expected) {
                    throw new StoreUnavailableException(
                            "the database has only index " + present + " of " + expected + ": it was restarted");
                }
                return () -> {};
            });
        });
    }
}

package io.shardeddb.router.http.adaptive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Callers who want a timestamp each, served together: one session for all who wait when it begins. A caller that comes
 * while one is on its way waits for the next. Its timestamp must exceed those of every session that ended before it
 * came, in whatever process. Only a session that begins afterwards is known to give such a timestamp. Thread-safe.
 */
final class SessionCallers {

    /** Of one session; the service gives 65,536 at once. */
    static final int MOST = 4_096;

    /**
     * A session that takes longer is held up, perhaps by a server that is away: those behind it do not wait for its
     * end.
     */
    static final long HELD_UP_NANOS = 50_000_000;

    private static final int MOST_SESSIONS = 4;

    private final Sessions sessions;
    private final LongSupplier clock;

    // Behind the lock.
    private List<CompletableFuture<Long>> waiting = new ArrayList<>();
    private int underWay;
    private long begun;

    /** Where timestamps come from. */
    interface Sessions {

        /** Begins a session for so many timestamps. */
        CompletableFuture<Run> begin(int count);
    }

    /**
     * Timestamps in ascending order.
     *
     * @param first the first
     * @param step by how much each further one is greater than the one before
     */
    record Run(long first, long step) {}

    /** @param clock nanoseconds of a monotonic clock */
    SessionCallers(Sessions sessions, LongSupplier clock) {
        this.sessions = sessions;
        this.clock = clock;
    }

    /** A timestamp, of a session that begins after this call. Fails as its session does. */
    CompletableFuture<Long> next() {
        CompletableFuture<Long> caller = new CompletableFuture<>();
        synchronized (this) {
            waiting.add(caller);
        }
        begin();
        return caller;
    }

    private void begin() {
        List<CompletableFuture<Long>> served = those();
        if (served != null) {
            var _ = sessions.begin(served.size()).whenComplete((run, failure) -> end(served, run, failure));
        }
    }

    /** Those whose session begins now; null when none does. */
    private synchronized @Nullable List<CompletableFuture<Long>> those() {
        long now = clock.getAsLong();
        boolean may = underWay == 0 || (underWay < MOST_SESSIONS && now - begun > HELD_UP_NANOS);
        if (waiting.isEmpty() || !may) {
            return null;
        }
        List<CompletableFuture<Long>> served = waiting;
        waiting = new ArrayList<>();
        if (served.size() > MOST) {
            waiting.addAll(served.subList(MOST, served.size()));
            served = served.subList(0, MOST);
        }
        underWay++;
        begun = now;
        return served;
    }

    private void end(List<CompletableFuture<Long>> served, @Nullable Run run, @Nullable Throwable failure) {
        synchronized (this) {
            underWay--;
        }
        // First, so that the next session is on its way while these are answered.
        begin();
        for (int i = 0; i < served.size(); i++) {
            if (run == null) {
                served.get(i).completeExceptionally(failure == null ? new IllegalStateException("no answer") : failure);
            } else {
                served.get(i).complete(run.first() + i * run.step());
            }
        }
    }
}

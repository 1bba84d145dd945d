package io.shardeddb.router.interactive;

import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.snapshot.Snapshots;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The interactive transactions that were begun at this router. Each lives for a bounded time, and a shorter one without
 * requests. How it ended is known for ten minutes more.
 */
@Singleton
public final class Transactions {

    /** Where there are more, ended ones are remembered for a shorter time. */
    static final int MANY = 100_000;

    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long SHORTLY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Snapshots snapshots;
    private final Writes writes;
    private final SecureRandom random = new SecureRandom();
    private final DatabaseSecret secretOfProcess = DatabaseSecret.random(random);
    private final Authentication authentication;
    private final Map<String, Begun> known = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("transactions").factory());
    private final Budget budget = new Budget();
    private volatile String address = "";

    /** One that was begun here. */
    public static final class Begun {
        private final String token;
        private final InteractiveTransaction transaction;
        // Times are nanoseconds of System.nanoTime.
        private final long ends;
        private final long idleNanos;
        private volatile long lastUsed = System.nanoTime();
        // When it was found to have ended; 0: it has not.
        private volatile long ended;
        private @Nullable RequestId commit;

        Begun(String token, InteractiveTransaction transaction, long ends, long idleNanos) {
            this.token = token;
            this.transaction = transaction;
            this.ends = ends;
            this.idleNanos = idleNanos;
        }

        /** The transaction itself. */
        public InteractiveTransaction transaction() {
            return transaction;
        }

        /** A request of it begins or is answered: its idle time begins again. */
        public void used() {
            lastUsed = System.nanoTime();
        }

        /** Of its commit, the same each time. */
        private synchronized RequestId commitId(LongSupplier issuedAtMillis) {
            RequestId present = commit;
            if (present == null) {
                present = RequestId.newBuilder()
                        .setClient("transaction-" + token)
                        .setNumber(1)
                        .setIssuedAtMillis(issuedAtMillis.getAsLong())
                        .build();
                commit = present;
            }
            return present;
        }

        /** Why its time is over; empty: it is not. */
        String over() {
            long now = System.nanoTime();
            if (now - ends > 0) {
                return "its time is over";
            }
            return now - lastUsed > idleNanos
                    ? "no request came for " + TimeUnit.NANOSECONDS.toSeconds(idleNanos) + " s"
                    : "";
        }

        boolean isOpen() {
            return transaction.state() == InteractiveTransaction.State.ACTIVE;
        }
    }

    Transactions(Snapshots snapshots, Writes writes, Authentication authentication) {
        this.snapshots = snapshots;
        this.writes = writes;
        this.authentication = authentication;
        var _ = timer.scheduleWithFixedDelay(this::expire, 1, 1, TimeUnit.SECONDS);
    }

    /** Where other routers reach this one; until it is known, ids name no router. */
    public void reachableAt(String hostAndPort) {
        address = hostAndPort;
    }

    private DatabaseSecret secret() {
        DatabaseSecret shown = authentication.shown();
        return shown == null ? secretOfProcess : shown;
    }

    /**
     * Begins a transaction.
     *
     * @return its id; fails with a {@link DatabaseException}
     */
    public CompletableFuture<String> begin(
            IsolationLevel level, boolean readOnly, long idleSeconds, long totalSeconds) {
        try {
            budget.begin();
        } catch (DatabaseException e) {
            return CompletableFuture.failedFuture(e);
        }
        long ends = System.nanoTime() + TimeUnit.SECONDS.toNanos(totalSeconds);
        return snapshots
                .take()
                .whenComplete((snapshot, failure) -> {
                    if (failure != null) {
                        budget.end();
                    }
                })
                .thenApply(snapshot -> {
                    TransactionId id = TransactionId.random(random, address);
                    known.put(
                            id.token(),
                            new Begun(
                                    id.token(),
                                    new InteractiveTransaction(level, readOnly, snapshot, budget),
                                    ends,
                                    TimeUnit.SECONDS.toNanos(idleSeconds)));
                    return id.text(secret());
                });
    }

    /** Where a transaction is. */
    public sealed interface Place {
        /** Here. */
        record Here(Begun begun) implements Place {}

        /** At another router, by its host and port. */
        record Elsewhere(String address) implements Place {}
    }

    /**
     * Finds a transaction by the text of its id.
     *
     * @throws DatabaseException TRANSACTION_NOT_FOUND when there is none, here or anywhere
     */
    public Place find(String text) {
        TransactionId id = TransactionId.parse(text);
        // Nobody guesses a token. What a signature is for is the address behind it.
        Begun here = id == null ? null : known.get(id.token());
        if (here != null) {
            return new Place.Here(here);
        }
        if (id == null || !id.isSigned(text, secret())) {
            throw notFound("this database has given out no such id of a transaction");
        }
        if (id.owner().isEmpty() || id.owner().equals(address)) {
            throw notFound("the transaction is forgotten: its router has begun again, or it ended long ago");
        }
        return new Place.Elsewhere(id.owner());
    }

    private static DatabaseException notFound(String text) {
        return new DatabaseException(ErrorCode.TRANSACTION_NOT_FOUND, text);
    }

    /** Commits one of this router's. Blocks. */
    public InteractiveTransaction.Committed commit(Begun begun) {
        return begun.transaction.commit(
                decider -> begun.commitId(() -> writes.issueMillis(decider)), (request, plan) -> {
                    try {
                        return writes.run(request, () -> 1, plan).join();
                    } catch (CompletionException e) {
                        throw Writes.error(e);
                    }
                });
    }

    private void expire() {
        long now = System.nanoTime();
        for (Iterator<Begun> all = known.values().iterator(); all.hasNext(); ) {
            Begun each = all.next();
            if (each.isOpen()) {
                if (!each.over().isEmpty()) {
                    // Not on this thread: a request of it may be under way.
                    RangeStream.virtual().execute(() -> each.transaction.expire(each::over));
                }
            } else if (each.ended == 0) {
                each.ended = now;
            } else if (now - each.ended > (known.size() > MANY ? SHORTLY_NANOS : REMEMBERED_NANOS)) {
                all.remove();
                RangeStream.virtual().execute(each.transaction::forget);
            }
        }
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }
}

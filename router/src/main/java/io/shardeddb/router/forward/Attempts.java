package io.shardeddb.router.forward;

import io.grpc.Status;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.NumberedReply;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.failure.Tries;
import io.shardeddb.router.failure.Waiting;
import io.shardeddb.router.topology.Leaders;
import io.shardeddb.router.topology.ShardEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request to one shard, tried until it is answered for good or its time is over: across leader changes, refused
 * connections and lost answers. It is the same request (with the same request id) each time, so that a write runs once.
 *
 * @param <R> the answer
 */
final class Attempts<R> {

    private final Exchange<R> exchange;
    private final ShardEntry shard;
    private final List<String> preferred;
    private final ServerLinks links;
    private final Leaders leaders;
    private final LogTimes times;
    private final ScheduledExecutorService timer;
    private final long deadline;
    private final long began = System.nanoTime();
    private final Waiting waiting = Waiting.now();
    private final CompletableFuture<R> result = new CompletableFuture<>();

    // Touched by one attempt at a time: each is started by the end of the one before.
    private int attempt;
    private int rotation;
    private boolean mayHaveRun;
    private Tries tries = Tries.NONE;

    /**
     * Prepares the first attempt.
     *
     * @param preferred replicas to ask, in order; empty: the leader
     * @param mayHaveRun whether the same request was sent before, in another form, and may have run
     * @param deadline by {@link System#nanoTime}
     */
    Attempts(
            Exchange<R> exchange,
            ShardEntry shard,
            List<String> preferred,
            boolean mayHaveRun,
            ServerLinks links,
            Leaders leaders,
            LogTimes times,
            ScheduledExecutorService timer,
            long deadline) {
        this.exchange = exchange;
        this.shard = shard;
        this.preferred = preferred;
        this.mayHaveRun = mayHaveRun;
        this.links = links;
        this.leaders = leaders;
        this.times = times;
        this.timer = timer;
        this.deadline = deadline;
    }

    /** What an unknown outcome was caused by at last; for any other error itself. */
    static ErrorCode cause(DatabaseException error) {
        String cause = error.details().get(FailureChoice.CAUSE);
        return cause == null ? error.code() : ErrorCode.ofName(cause);
    }

    CompletableFuture<R> start() {
        next();
        return result;
    }

    private void next() {
        long remaining = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (remaining <= 0 || isInVain()) {
            result.completeExceptionally(giveUp());
            return;
        }
        String address = choose();
        attempt++;
        if (address == null) {
            tries = tries.and(new Tries.NobodyKnown());
            pause();
            return;
        }
        int timeout = (int) Math.min(remaining, RouterSettings.ATTEMPT_TIMEOUT.toMillis());
        new OneAttempt(address).send(timeout);
    }

    /** Of a write that may have run it is still to be learned whether it has. */
    private boolean isInVain() {
        return waiting.isOver() && !mayHaveRun && exchange.mayStop();
    }

    private @Nullable String choose() {
        if (attempt < preferred.size()) {
            return preferred.get(attempt);
        }
        return leaders.toAsk(shard, () -> rotation++);
    }

    private DatabaseException giveUp() {
        FailureChoice.Asked asked = mayHaveRun
                ? FailureChoice.Asked.WRITE_THAT_MAY_HAVE_RUN
                : exchange.changes() ? FailureChoice.Asked.WRITE : FailureChoice.Asked.READ;
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        return FailureChoice.ofShard(shard.name(), asked, tries, millis);
    }

    private void answered(String address, NumberedReply reply) {
        if (reply.hasError()) {
            refused(address, reply.getError(), LeaderHint.getDefaultInstance());
            return;
        }
        R answer = exchange.answer(reply);
        if (answer == null) {
            failed(address, Status.INTERNAL.withDescription("the answer is of another kind"));
            return;
        }
        LeaderHint leader = exchange.leader(answer);
        leaders.learn(shard.group(), leader);
        times.learn(shard.group(), leader.getTerm(), exchange.logMillis(answer));
        ErrorDetail detail = exchange.error(answer);
        if (detail == null) {
            result.complete(answer);
        } else if (exchange.decided(answer)) {
            result.completeExceptionally(DatabaseException.ofWire(detail).with("shard", shard.name()));
        } else {
            refused(address, detail, leader);
        }
    }

    private void refused(String address, ErrorDetail detail, LeaderHint hint) {
        DatabaseException error = DatabaseException.ofWire(detail);
        if (exchange.endsAttempt(error.code(), mayHaveRun)) {
            result.completeExceptionally(error.with(FailureChoice.SHARD, shard.name()));
            return;
        }
        RetryRule.Next next = RetryRule.after(error, exchange.schemaVersion(), exchange.epoch());
        mayHaveRun |= exchange.changes() && RetryRule.mayHaveRun(error.code());
        tries = tries.and(new Tries.Refused(shard.serverAt(address), error));
        switch (next) {
            case STOP, PLAN_ANEW -> end(error.with(FailureChoice.SHARD, shard.name()));
            case LATER -> pause();
            case ELSEWHERE -> {
                String leader = hint.getAddress();
                boolean hinted = !leader.isEmpty() && !leader.equals(address);
                if (!hinted) {
                    leaders.doubt(shard.group(), address);
                }
                // A chain of wrong hints must not spin.
                if (attempt < preferred.size() || (hinted && attempt <= 3)) {
                    next();
                } else {
                    pause();
                }
            }
        }
    }

    /** This sending was refused for good; an earlier one without an answer may have run all the same. */
    private void end(DatabaseException error) {
        result.completeExceptionally(
                mayHaveRun ? giveUp().with(FailureChoice.CAUSE, error.code().name()) : error);
    }

    private void failed(String address, Status status) {
        mayHaveRun |= exchange.changes() && RetryRule.mayHaveRun(status);
        Tries.Unanswered unanswered = Tries.Unanswered.of(shard.serverAt(address), status);
        if (RetryRule.after(status) == RetryRule.Next.STOP) {
            tries = tries.and(unanswered);
            String reason = status.getDescription();
            end(FailureChoice.notTaken(
                    shard.name(),
                    RetryRule.finalCode(status),
                    reason == null ? status.getCode().name() : reason));
            return;
        }
        boolean over = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) <= 0;
        tries = over ? tries.andCutShort(unanswered) : tries.and(unanswered);
        leaders.doubt(shard.group(), address);
        links.hurry(address);
        if (attempt < preferred.size()) {
            next();
        } else {
            pause();
        }
    }

    /** Goes on when a leader is learned, or after the back-off, whichever comes first. */
    private void pause() {
        AtomicBoolean gone = new AtomicBoolean();
        PauseEnd end = new PauseEnd(gone);
        end.registration = leaders.whenChanged(shard.group(), end);
        try {
            end.timeout = timer.schedule(end, RetryRule.backOffMillis(attempt), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            gone.set(true);
            result.completeExceptionally(
                    mayHaveRun ? giveUp() : new DatabaseException(ErrorCode.SHUTTING_DOWN, "the router is going down"));
        }
        if (gone.get()) {
            end.clear();
        }
    }

    private final class PauseEnd implements Runnable {
        private final AtomicBoolean gone;
        private volatile Leaders.@Nullable Registration registration;
        private volatile @Nullable ScheduledFuture<?> timeout;

        PauseEnd(AtomicBoolean gone) {
            this.gone = gone;
        }

        @Override
        public void run() {
            if (gone.compareAndSet(false, true)) {
                clear();
                next();
            }
        }

        void clear() {
            Leaders.Registration registered = registration;
            if (registered != null) {
                registered.close();
            }
            ScheduledFuture<?> scheduled = timeout;
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }
    }

    /**
     * One sending; ended early when the group gets another leader meanwhile (a frozen server does not answer that it is
     * none any more).
     */
    private final class OneAttempt implements RequestStream.Outcome, Runnable {
        private final String address;
        private final long started = System.nanoTime();
        private volatile RequestStream.@Nullable Pending sent;
        // Set before the request is handed over, and read after that.
        private Leaders.@Nullable Registration registration;

        OneAttempt(String address) {
            this.address = address;
        }

        void send(int timeoutMillis) {
            if (preferred.isEmpty()) {
                registration = leaders.whenChanged(shard.group(), this);
            }
            sent = links.requests(address).send(exchange.request(), timeoutMillis, this);
        }

        @Override
        public void run() {
            RequestStream.Pending running = sent;
            if (running != null && !address.equals(leaders.addressOf(shard.group()))) {
                running.cancel("another server leads now");
            }
        }

        @Override
        public void answered(NumberedReply reply) {
            unregister();
            if (!exchange.changes()) {
                links.measured(address, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - started));
            }
            Attempts.this.answered(address, reply);
        }

        @Override
        public void failed(Status status) {
            unregister();
            Attempts.this.failed(address, status);
        }

        private void unregister() {
            if (registration != null) {
                registration.close();
            }
        }
    }
}

package io.shardeddb.router.forward;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutCheck;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.NumberedReply;
import io.shardeddb.protocol.wire.NumberedRequest;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.route.ReplicaRing;
import io.shardeddb.router.topology.Leaders;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ShardEntry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends requests to shards and answers when they are answered for good. */
@Singleton
public final class Forwarder {

    /** How late an attempt may end after its time is over. */
    private static final long EXPIRY_MILLIS = 100;

    private final ServerLinks links;
    private final Leaders leaders;
    private final LogTimes times;
    private final RouterSettings settings;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "forward-timer");
        thread.setDaemon(true);
        return thread;
    });

    Forwarder(ServerLinks links, Leaders leaders, LogTimes times, RouterSettings settings) {
        this.links = links;
        this.leaders = leaders;
        this.times = times;
        this.settings = settings;
        var _ = timer.scheduleWithFixedDelay(
                () -> links.expire(System.nanoTime()), EXPIRY_MILLIS, EXPIRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Writes one part.
     *
     * @param request complete but for its time-out
     * @param mayHaveRun whether it was sent before, made for other tables or shards, and may have run
     * @param deadline when to give up, by {@link System#nanoTime}
     * @return the answer without error; or a {@link io.shardeddb.protocol.error.DatabaseException}
     */
    CompletableFuture<WriteReply> write(ShardEntry shard, WriteRequest request, boolean mayHaveRun, long deadline) {
        return start(new WriteExchange(request), shard, List.of(), mayHaveRun, deadline);
    }

    /**
     * Reads keys or one page.
     *
     * @param request complete but for its time-out
     * @param reader place of the reader on the ring of replicas
     * @param deadline when to give up, by {@link System#nanoTime}
     * @return the answer without error; or a {@link io.shardeddb.protocol.error.DatabaseException}
     */
    public CompletableFuture<ReadReply> read(ShardEntry shard, ReadRequest request, long reader, long deadline) {
        return start(new ReadExchange(request), shard, preferred(shard, request.getLevel(), reader), false, deadline);
    }

    /**
     * Asks a shard's leader about a view.
     *
     * @param check complete
     * @param deadline when to give up, by {@link System#nanoTime}
     * @return the answer without error; or a {@link io.shardeddb.protocol.error.DatabaseException}
     */
    CompletableFuture<CutReply> check(ShardEntry shard, CutCheck check, long deadline) {
        return start(new CheckExchange(check), shard, List.of(), false, deadline);
    }

    /** When a read that begins now gives up, by {@link System#nanoTime}. */
    public long readDeadline() {
        return System.nanoTime() + settings.readTimeout().toNanos();
    }

    private <R> CompletableFuture<R> start(
            Exchange<R> exchange, ShardEntry shard, List<String> preferred, boolean mayHaveRun, long deadline) {
        return new Attempts<>(exchange, shard, preferred, mayHaveRun, links, leaders, times, timer, deadline).start();
    }

    /** Which replicas to ask before the leader; none for strong reads. */
    List<String> preferred(ShardEntry shard, ReadLevel level, long reader) {
        if (level != ReadLevel.BOUNDED && level != ReadLevel.EVENTUAL) {
            return List.of();
        }
        List<String> addresses =
                new ArrayList<>(shard.replicas().stream().map(Replica::address).toList());
        return new ReplicaRing(addresses, links::latencyMicros).order(reader);
    }

    /** A place on the ring for a reader that names none. */
    public static long anyReader() {
        return ThreadLocalRandom.current().nextLong();
    }

    /** Something that happens unless it is closed in time. */
    @FunctionalInterface
    interface Alarm extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Runs a short action after a time unless the alarm is closed before.
     *
     * @throws DatabaseException SHUTTING_DOWN when this router ends
     */
    Alarm alarm(Runnable action, int millis) {
        try {
            ScheduledFuture<?> scheduled = timer.schedule(action, millis, TimeUnit.MILLISECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            throw goingDown();
        }
    }

    /**
     * Waits until a leader of a shard is learned, or for some time. Blocks.
     *
     * @throws DatabaseException SHUTTING_DOWN when the thread is interrupted
     */
    public void awaitLeader(ShardEntry shard, long millis) {
        CountDownLatch learned = new CountDownLatch(1);
        Leaders.Registration registration = leaders.whenChanged(shard.group(), learned::countDown);
        try {
            var _ = learned.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw goingDown();
        } finally {
            registration.close();
        }
    }

    /** The error of what cannot go on because this router ends. */
    public static DatabaseException goingDown() {
        return new DatabaseException(ErrorCode.SHUTTING_DOWN, "the router is going down");
    }

    /** The ways to the servers. */
    public ServerLinks links() {
        return links;
    }

    /** Who leads, as far as is known. */
    public Leaders leaders() {
        return leaders;
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }

    private record WriteExchange(WriteRequest write) implements Exchange<WriteReply> {
        @Override
        public NumberedRequest.Builder request() {
            return NumberedRequest.newBuilder().setWrite(write);
        }

        @Override
        public @Nullable WriteReply answer(NumberedReply reply) {
            return reply.hasWrite() ? reply.getWrite() : null;
        }

        @Override
        public @Nullable ErrorDetail error(WriteReply answer) {
            return answer.hasError() ? answer.getError() : null;
        }

        @Override
        public boolean decided(WriteReply answer) {
            ErrorCode code = DatabaseException.ofWire(answer.getError()).code();
            return answer.getIndex() > 0 && RetryRule.isRemembered(code);
        }

        @Override
        public boolean endsAttempt(ErrorCode code, boolean mayHaveRun) {
            return RetryRule.endsAttempt(write.getTransaction(), code, mayHaveRun);
        }

        @Override
        public LeaderHint leader(WriteReply answer) {
            return answer.getLeader();
        }

        @Override
        public long logMillis(WriteReply answer) {
            // An entry's timestamp has its milliseconds above 16 bits. A repeat is told the first one's.
            long told = answer.getLeader().getLogMillis();
            return answer.getRepeated() ? told : Math.max(told, answer.getTimestamp() >>> 16);
        }

        @Override
        public long schemaVersion() {
            return write.getSchemaVersion();
        }

        @Override
        public long epoch() {
            return write.getEpoch();
        }

        @Override
        public boolean mayStop() {
            return !write.hasTransaction();
        }

        @Override
        public boolean changes() {
            return true;
        }
    }

    private record CheckExchange(CutCheck check) implements Exchange<CutReply> {
        @Override
        public NumberedRequest.Builder request() {
            return NumberedRequest.newBuilder().setCut(check);
        }

        @Override
        public @Nullable CutReply answer(NumberedReply reply) {
            return reply.hasCut() ? reply.getCut() : null;
        }

        @Override
        public @Nullable ErrorDetail error(CutReply answer) {
            return answer.hasError() ? answer.getError() : null;
        }

        @Override
        public LeaderHint leader(CutReply answer) {
            return answer.getLeader();
        }

        @Override
        public long schemaVersion() {
            return 0;
        }

        @Override
        public long epoch() {
            return 0;
        }

        @Override
        public boolean changes() {
            return false;
        }
    }

    private record ReadExchange(ReadRequest read) implements Exchange<ReadReply> {
        @Override
        public NumberedRequest.Builder request() {
            return NumberedRequest.newBuilder().setRead(read);
        }

        @Override
        public @Nullable ReadReply answer(NumberedReply reply) {
            return reply.hasRead() ? reply.getRead() : null;
        }

        @Override
        public @Nullable ErrorDetail error(ReadReply answer) {
            return answer.hasError() ? answer.getError() : null;
        }

        @Override
        public LeaderHint leader(ReadReply answer) {
            return answer.getLeader();
        }

        @Override
        public long logMillis(ReadReply answer) {
            return Math.max(answer.getLeader().getLogMillis(), answer.getLogMillis());
        }

        @Override
        public long schemaVersion() {
            return read.getSchemaVersion();
        }

        @Override
        public long epoch() {
            return read.getEpoch();
        }

        @Override
        public boolean changes() {
            return false;
        }
    }
}

package io.shardeddb.server.timestamp;

import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.timestamp.TimestampKeeper;
import io.shardeddb.consensus.timestamp.TimestampMembership;
import io.shardeddb.consensus.timestamp.TimestampSessions;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.SealTimestampsRequest;
import io.shardeddb.protocol.wire.TickReply;
import io.shardeddb.protocol.wire.TickRequest;
import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampState;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.MemberAddress;
import io.shardeddb.server.runtime.FatalError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timestamp service on this server: its clock, if it is a member, and its sessions, for its leaders and for
 * routers. The state is behind one lock; nothing waits while holding it.
 */
public final class Timestamps implements TimestampSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Timestamps.class);

    private final MemberId self;
    private final TimestampFile file;
    private final PeerCalls calls;
    private final FatalError fatal;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("timestamp-writer").daemon().factory());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("timestamp-timer").daemon().factory());
    private volatile LongSupplier wall = () -> 0;
    private volatile boolean on;

    // Behind the lock.
    private final TimestampKeeper keeper;
    private final TimestampSessions sessions = new TimestampSessions(TimestampSessions.Times.USUAL);
    private final Map<Long, CompletableFuture<TimestampKeeper.Answer>> questions = new HashMap<>();
    private final Map<Long, TimestampSessions.Tick> ownTicks = new HashMap<>();
    private final Map<Long, LongConsumer> callers = new HashMap<>();
    private long lastNumber;
    private @Nullable Long timerAt;
    private boolean closed;

    /**
     * Reads what is durable.
     *
     * @param folder the data directory
     * @param self the volume's id
     * @param calls the way to other servers
     * @param fatal ends the process when nothing can be made durable
     * @throws IOException when what was written cannot be read
     */
    public Timestamps(Path folder, MemberId self, PeerCalls calls, FatalError fatal) throws IOException {
        this.self = self;
        this.calls = calls;
        this.fatal = fatal;
        file = new TimestampFile(folder);
        TimestampKeeper.Durable durable = file.read();
        keeper = new TimestampKeeper(self, durable);
        sessions.membership(durable.membership(), System.nanoTime());
        on = durable.membership().isOn();
    }

    /**
     * Takes the wall clock, which the service's clocks follow.
     *
     * @param wallMillis the wall clock, 0 while it is not to be trusted: the service's clocks then go on without it
     */
    public void useClock(LongSupplier wallMillis) {
        wall = wallMillis;
    }

    @Override
    public boolean isOn() {
        return on;
    }

    /** @param count 1 to {@link TimestampKeeper#MAX_COUNT} */
    @Override
    public long next(int count, long floor, LongConsumer then) {
        long request;
        Work work;
        synchronized (this) {
            request = ++lastNumber;
            callers.put(request, then);
            sessions.request(new TimestampSessions.Request(request, count, floor), System.nanoTime());
            work = collect();
        }
        carryOut(work);
        return request;
    }

    @Override
    public synchronized void forget(long request) {
        callers.remove(request);
        sessions.forget(request);
    }

    /** Another server's question. */
    CompletableFuture<TimestampKeeper.Answer> tick(TickRequest request) {
        return ask(question ->
                keeper.tick(question, request.getEpoch(), request.getFloor(), request.getCount(), wall.getAsLong()));
    }

    /** The operator's: a membership. The answer comes when it, or a newer one, is durable. */
    public CompletableFuture<TimestampState> configure(TimestampGroup group) {
        TimestampMembership membership;
        try {
            membership = TimestampCodec.ofWire(group);
        } catch (IllegalArgumentException e) {
            return refused(ErrorCode.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
        }
        return ask(question -> learn(question, membership)).thenApply(settled -> stated());
    }

    /** The operator's: ends an epoch here. The answer comes when that is durable. */
    public CompletableFuture<TimestampState> seal(SealTimestampsRequest request) {
        if (!self.equals(ConfigurationCodec.memberId(request.getVolume()))) {
            return refused(ErrorCode.WRONG_MEMBER, "this server has the volume " + self);
        }
        LOG.info("timestamps: sealed up to epoch {}", request.getEpoch());
        return ask(question -> keeper.seal(question, request.getEpoch())).thenApply(settled -> stated());
    }

    private static CompletableFuture<TimestampState> refused(ErrorCode code, String why) {
        return CompletableFuture.completedFuture(
                TimestampState.newBuilder().setError(Answers.error(code, why)).build());
    }

    private TimestampState stated() {
        TimestampState state = state();
        return state == null ? TimestampState.getDefaultInstance() : state;
    }

    /** The volume that this server is known by. */
    MemberId self() {
        return self;
    }

    /** How it stands; absent when this server never heard of the service. */
    public synchronized @Nullable TimestampState state() {
        return keeper.membership().epoch() == 0 && keeper.sealedEpoch() == 0
                ? null
                : TimestampState.newBuilder()
                        .setGroup(TimestampCodec.toWire(keeper.membership()))
                        .setSealedEpoch(keeper.sealedEpoch())
                        .setGreatest(keeper.greatest())
                        .setSessions(sessions.begun())
                        .build();
    }

    private CompletableFuture<TimestampKeeper.Answer> ask(LongConsumer question) {
        CompletableFuture<TimestampKeeper.Answer> answer = new CompletableFuture<>();
        Work work;
        synchronized (this) {
            long number = ++lastNumber;
            questions.put(number, answer);
            question.accept(number);
            work = collect();
        }
        carryOut(work);
        return answer;
    }

    private void learn(long question, TimestampMembership membership) {
        if (membership.epoch() > keeper.membership().epoch()) {
            LOG.info(
                    "timestamps: epoch {} with {}",
                    membership.epoch(),
                    membership.members().stream().map(Member::address).toList());
        }
        keeper.configure(question, membership);
        sessions.membership(keeper.membership(), System.nanoTime());
        on = keeper.membership().isOn();
    }

    // ---- carrying out

    /** What is to be done outside of the lock. */
    private record Work(
            TimestampKeeper.@Nullable Durable write,
            long writeNumber,
            List<TimestampSessions.Tick> ticks,
            List<Runnable> answers) {}

    /** Drains both, until questions to this server itself lead to nothing more. */
    private Work collect() {
        List<TimestampSessions.Tick> ticks = new ArrayList<>();
        List<Runnable> answers = new ArrayList<>();
        TimestampKeeper.Durable write = null;
        long number = 0;
        boolean again = true;
        while (again) {
            again = false;
            TimestampSessions.Effects asked = sessions.drain();
            for (TimestampSessions.Concluded end : asked.concluded()) {
                LongConsumer caller = callers.remove(end.request().id());
                if (caller != null) {
                    answers.add(() -> caller.accept(end.first()));
                }
            }
            for (TimestampSessions.Tick tick : asked.ticks()) {
                if (tick.to().id().equals(self)) {
                    again = true;
                    tickSelf(tick);
                } else {
                    ticks.add(tick);
                }
            }
            TimestampKeeper.Effects effects = keeper.drain();
            if (effects.write() != null) {
                write = effects.write();
                number = effects.number();
            }
            for (TimestampKeeper.Answer answer : effects.answers()) {
                TimestampSessions.Tick own = ownTicks.remove(answer.question());
                CompletableFuture<TimestampKeeper.Answer> asker = questions.remove(answer.question());
                if (own != null) {
                    again = true;
                    answeredSelf(own, answer);
                } else if (asker != null) {
                    answers.add(() -> asker.complete(answer));
                }
            }
        }
        schedule();
        return new Work(write, number, ticks, answers);
    }

    private void tickSelf(TimestampSessions.Tick tick) {
        long question = ++lastNumber;
        ownTicks.put(question, tick);
        keeper.tick(question, tick.epoch(), tick.floor(), tick.count(), wall.getAsLong());
    }

    private void answeredSelf(TimestampSessions.Tick tick, TimestampKeeper.Answer answer) {
        if (answer instanceof TimestampKeeper.Answer.Given(long question, long epoch, long first)) {
            sessions.answered(self, tick.session(), epoch, first, tick.count(), System.nanoTime());
        }
    }

    private void carryOut(Work work) {
        TimestampKeeper.Durable write = work.write();
        if (write != null) {
            run(writer, () -> write(write, work.writeNumber()));
        }
        work.ticks().forEach(this::send);
        work.answers().forEach(Runnable::run);
    }

    private void write(TimestampKeeper.Durable durable, long number) {
        try {
            file.write(durable);
        } catch (IOException e) {
            fatal.end("the timestamps' bound could not be made durable", e);
            return;
        }
        Work work;
        synchronized (this) {
            keeper.persisted(number);
            work = collect();
        }
        carryOut(work);
    }

    private void send(TimestampSessions.Tick tick) {
        TickRequest request = TickRequest.newBuilder()
                .setVolume(ConfigurationCodec.uid(tick.to().id()))
                .setEpoch(tick.epoch())
                .setFloor(tick.floor())
                .setCount(tick.count())
                .build();
        var _ = calls.tick(MemberAddress.parse(tick.to().address()).endpoint(), request)
                .whenComplete((reply, failure) -> answered(tick, reply));
    }

    private void answered(TimestampSessions.Tick tick, @Nullable TickReply reply) {
        Work work;
        synchronized (this) {
            long now = System.nanoTime();
            if (reply == null) {
                sessions.failed(tick.to().id(), now);
            } else if (reply.hasNewest()) {
                learn(++lastNumber, TimestampCodec.ofWire(reply.getNewest()));
            } else {
                sessions.answered(
                        tick.to().id(), tick.session(), reply.getEpoch(), reply.getFirst(), tick.count(), now);
            }
            work = collect();
        }
        carryOut(work);
    }

    /** Behind the lock: a tick of the sessions when one is due. */
    private void schedule() {
        Long due = closed ? null : sessions.deadline();
        Long planned = timerAt;
        if (due != null && (planned == null || due - planned < 0)) {
            timerAt = due;
            var _ = timer.schedule(() -> timeIsUp(due), Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void timeIsUp(Long due) {
        Work work;
        synchronized (this) {
            if (due.equals(timerAt)) {
                timerAt = null;
            }
            sessions.tick(System.nanoTime());
            work = collect();
        }
        carryOut(work);
    }

    private static void run(ExecutorService executor, Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed meanwhile", e);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        timer.shutdownNow();
        writer.shutdown();
    }
}

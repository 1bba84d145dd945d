package io.shardeddb.simulator.timestamp;

import io.shardeddb.consensus.timestamp.TimestampKeeper;
import io.shardeddb.consensus.timestamp.TimestampMembership;
import io.shardeddb.consensus.timestamp.TimestampSessions;
import java.util.HashMap;
import java.util.Map;

/** A process that asks for timestamps, with several askers at a time. */
final class SimCaller {
    private static final long MILLI = 1_000_000;
    private static final TimestampSessions.Times TIMES = new TimestampSessions.Times(MILLI, 10 * MILLI, 40 * MILLI, 2);

    private final TimestampWorld world;
    private final int number;
    private TimestampSessions sessions;
    /** What had been concluded when each waiting caller asked. */
    private Map<Long, Long> asked = new HashMap<>();

    private long lastRequest;
    private long ownGreatest;

    SimCaller(TimestampWorld world, int number) {
        this.world = world;
        this.number = number;
        sessions = new TimestampSessions(world.variant.rules(), TIMES);
    }

    void learn(TimestampMembership membership) {
        sessions.membership(membership, world.now);
        carryOut();
    }

    void ask() {
        if (asked.size() < 6) {
            long id = ++lastRequest;
            asked.put(id, world.greatestEnded());
            long floor = world.random.nextInt(4) == 0 ? ownGreatest : 0;
            sessions.request(new TimestampSessions.Request(id, world.count(), floor), world.now);
            carryOut();
        }
        if (!world.isCalm()) {
            world.later(world.random.nextLong(12 * MILLI), this::ask);
        }
    }

    boolean isServed() {
        return asked.isEmpty();
    }

    void restart() {
        world.note("caller " + number + " starts anew");
        sessions = new TimestampSessions(world.variant.rules(), TIMES);
        asked = new HashMap<>();
    }

    private void carryOut() {
        TimestampSessions mine = sessions;
        TimestampSessions.Effects effects = mine.drain();
        for (TimestampSessions.Concluded end : effects.concluded()) {
            Long before = asked.remove(end.request().id());
            if (before == null) {
                throw new TimestampWorld.Broken("nobody gets an answer that it had not asked for", "caller " + number);
            }
            world.ended(number, end, before);
            ownGreatest = Math.max(ownGreatest, end.first());
        }
        for (TimestampSessions.Tick tick : effects.ticks()) {
            world.deliver(() -> send(mine, tick));
        }
        Long deadline = mine.deadline();
        if (deadline != null) {
            world.later(Math.max(MILLI / 10, deadline - world.now), () -> {
                if (mine == sessions && mine.deadline() != null) {
                    mine.tick(world.now);
                    carryOut();
                }
            });
        }
    }

    private void send(TimestampSessions mine, TimestampSessions.Tick tick) {
        SimServer server = world.server(tick.to().id());
        if (server == null) {
            world.deliver(() -> {
                if (mine == sessions) {
                    mine.failed(tick.to().id(), world.now);
                    carryOut();
                }
            });
            return;
        }
        server.receiveTick(
                tick,
                answer -> world.deliver(() -> {
                    if (mine != sessions) {
                        return;
                    }
                    switch (answer) {
                        case TimestampKeeper.Answer.Given(long question, long epoch, long first) ->
                            mine.answered(tick.to().id(), tick.session(), epoch, first, tick.count(), world.now);
                        case TimestampKeeper.Answer.Refused(long question, TimestampMembership newest) ->
                            mine.membership(newest, world.now);
                        case TimestampKeeper.Answer.Settled settled ->
                            throw new IllegalStateException("not asked: " + settled);
                    }
                    carryOut();
                }));
    }
}

package io.shardeddb.simulator.timestamp;

import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.timestamp.TimestampKeeper;
import io.shardeddb.consensus.timestamp.TimestampMembership;
import io.shardeddb.consensus.timestamp.TimestampSessions;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server with its disk: a write takes a while, and a crash before its end leaves the old or the new content. */
final class SimServer {
    private static final long MILLI = 1_000_000;

    private final TimestampWorld world;
    private final int number;
    private MemberId id;
    private TimestampKeeper.Durable disk = TimestampKeeper.Durable.EMPTY;
    private TimestampKeeper.@Nullable Durable underWay;
    private @Nullable TimestampKeeper process;
    private Map<Long, Consumer<TimestampKeeper.Answer>> questions = new HashMap<>();
    private long lastQuestion;
    private long isolatedUntil;

    SimServer(TimestampWorld world, int number) {
        this.world = world;
        this.number = number;
        id = MemberId.random(world.random);
        process = new TimestampKeeper(world.variant.rules(), id, disk);
    }

    int number() {
        return number;
    }

    MemberId id() {
        return id;
    }

    private boolean isAway() {
        return process == null || world.now < isolatedUntil;
    }

    void isolate(long time) {
        isolatedUntil = world.now + time;
    }

    void crash() {
        if (process == null) {
            return;
        }
        world.note("server " + number + " crashes");
        stop();
        world.later(world.random.nextLong(60 * MILLI), this::start);
    }

    private void stop() {
        TimestampKeeper.Durable written = underWay;
        if (written != null && world.random.nextBoolean()) {
            disk = written;
        }
        underWay = null;
        process = null;
        questions = new HashMap<>();
    }

    private void start() {
        if (process == null) {
            world.note("server " + number + " starts with " + disk);
            process = new TimestampKeeper(world.variant.rules(), id, disk);
        }
    }

    void loseDisk() {
        world.note("server " + number + " loses its disk");
        stop();
        disk = TimestampKeeper.Durable.EMPTY;
        if (world.variant != WrongTimestamps.SAME_ID_ON_AN_EMPTY_DISK) {
            id = MemberId.random(world.random);
        }
        world.later(world.random.nextLong(40 * MILLI), this::start);
    }

    void heal() {
        isolatedUntil = 0;
        start();
    }

    void receiveTick(TimestampSessions.Tick tick, Consumer<TimestampKeeper.Answer> answer) {
        TimestampKeeper keeper = process;
        // The tick names the id it is meant for: another disk does not answer.
        if (keeper != null && !isAway() && tick.to().id().equals(id)) {
            keeper.tick(ask(answer), tick.epoch(), tick.floor(), tick.count(), world.wallMillis(number));
            carryOut(keeper);
        }
    }

    void receiveConfiguration(TimestampMembership membership, Consumer<TimestampKeeper.Answer> answer) {
        TimestampKeeper keeper = process;
        if (keeper != null && !isAway()) {
            keeper.configure(ask(answer), membership);
            carryOut(keeper);
        }
    }

    void receiveSeal(long epoch, Consumer<TimestampKeeper.Answer.Settled> answer) {
        TimestampKeeper keeper = process;
        if (keeper != null && !isAway()) {
            keeper.seal(
                    ask(settled -> {
                        if (settled instanceof TimestampKeeper.Answer.Settled done) {
                            answer.accept(done);
                        }
                    }),
                    epoch);
            carryOut(keeper);
        }
    }

    private long ask(Consumer<TimestampKeeper.Answer> answer) {
        questions.put(++lastQuestion, answer);
        return lastQuestion;
    }

    private void carryOut(TimestampKeeper keeper) {
        TimestampKeeper.Effects effects = keeper.drain();
        TimestampKeeper.Durable write = effects.write();
        if (write != null) {
            underWay = write;
            world.later(world.writeTime(), () -> {
                if (process == keeper) {
                    disk = write;
                    underWay = null;
                    keeper.persisted(effects.number());
                    carryOut(keeper);
                }
            });
        }
        for (TimestampKeeper.Answer answer : effects.answers()) {
            Consumer<TimestampKeeper.Answer> asker = questions.remove(answer.question());
            if (asker != null) {
                asker.accept(answer);
            }
        }
    }
}

package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.simulator.driver.rows.SimTable;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Somebody who asks for one thing after the other. */
abstract sealed class Client permits SimClient, TransferClient {
    private final World world;
    private final Schedule schedule;
    private final String name;
    private boolean busy;
    private boolean resting;

    Client(World world, String name) {
        this.world = world;
        this.name = name;
        schedule = world.schedule();
    }

    /** Begins what comes next; it ends in {@link #think}. */
    abstract void next();

    World world() {
        return world;
    }

    Schedule schedule() {
        return schedule;
    }

    String name() {
        return name;
    }

    /** Begins to ask. */
    void begin() {
        think();
    }

    /** Nothing new is begun. */
    void rest() {
        resting = true;
    }

    boolean isResting() {
        return resting;
    }

    /** Whether it waits for something that was begun. */
    boolean isBusy() {
        return busy;
    }

    /** One last thing is begun. */
    void last(Runnable thing) {
        resting = true;
        busy = true;
        thing.run();
    }

    /** What was begun is over. */
    void think() {
        busy = false;
        if (!resting) {
            schedule.after(schedule.between(0, world.knobs().thinkNanos()), () -> {
                if (!resting) {
                    busy = true;
                    next();
                }
            });
        }
    }

    /** Asks again a little later. */
    void again(Runnable attempt) {
        schedule.after(schedule.between(Schedule.MILLI, 40 * Schedule.MILLI), attempt);
    }

    /** Nothing that is asked for may fail by a fault of the software. */
    void refuseFault(ErrorDetail error, String who) {
        if (error.getCode().equals(ErrorCode.INTERNAL.name())) {
            schedule.broken(new RuleBroken("nothing fails within", who + " was told " + error));
        }
    }

    /**
     * Reads a row strongly.
     *
     * @param checked takes the index that the read saw, once the group's own rules hold for it, and goes on
     */
    void read(World.Group group, ByteString key, LongConsumer checked) {
        new Read(group, key, checked).attempt();
    }

    /** A strong read on its way. */
    private final class Read {
        private final World.Group group;
        private final ByteString key;
        private final LongConsumer checked;
        private final long floor;
        private @Nullable LeaderHint hint;

        Read(World.Group group, ByteString key, LongConsumer checked) {
            this.group = group;
            this.key = key;
            this.checked = checked;
            floor = group.truth().floor();
        }

        private void attempt() {
            ReadRequest request = ReadRequest.newBuilder()
                    .setGroup(ConfigurationCodec.uid(group.id()))
                    .setTable(SimTable.NAME)
                    .setLevel(ReadLevel.STRONG)
                    .setTimeoutMillis(Network.TIMEOUT_MILLIS)
                    .setKeys(KeySelection.newBuilder().addKeys(key))
                    .build();
            world.network()
                    .<ReadReply>ask(
                            group.server(hint),
                            name + " reads",
                            (up, reply) -> up.clients().read(request, reply),
                            this::told,
                            () -> {
                                hint = null;
                                attempt();
                            });
        }

        private void told(ReadReply reply) {
            hint = reply.getLeader();
            if (reply.hasError()) {
                refuseFault(reply.getError(), name);
                again(this::attempt);
                return;
            }
            schedule.trace(() -> name + " reads at " + reply.getIndex());
            group.truth().read(name, key, reply.getIndex(), reply.getRowsList(), floor);
            checked.accept(reply.getIndex());
        }
    }
}

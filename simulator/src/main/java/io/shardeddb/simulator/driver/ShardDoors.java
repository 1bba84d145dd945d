package io.shardeddb.simulator.driver;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.OpenShard;
import io.shardeddb.protocol.wire.OwnInterval;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Closes shards for writes now and then, and opens them again; gives a shard its interval at a newer epoch, so that
 * routers must plan again. Neither is done while something is prepared there.
 */
final class ShardDoors {
    private static final int TIMEOUT_MILLIS = 500;
    private static final long PAUSE_NANOS = 250 * Schedule.MILLI;

    private final World world;
    private final Schedule schedule;
    private final Set<World.Group> closed = new HashSet<>();
    /** What routers can know. */
    private final Map<World.Group, Long> epochs = new HashMap<>();
    /** Those that were given a newer one, as far as is known not with success. */
    private final Map<World.Group, Long> raising = new HashMap<>();

    ShardDoors(World world) {
        this.world = world;
        schedule = world.schedule();
    }

    void begin() {
        schedule.after(schedule.between(0, 4 * PAUSE_NANOS), this::next);
    }

    /** The epoch at which a shard owns its interval, as far as is known. */
    long epoch(World.Group group) {
        return epochs.getOrDefault(group, 1L);
    }

    private void next() {
        World.Group group = world.anyGroup();
        boolean opens = closed.contains(group) || !world.faultsGoOn();
        if (raising.containsKey(group) || (world.faultsGoOn() && schedule.oneIn(4))) {
            raise(group);
        } else if (opens || schedule.oneIn(3)) {
            set(group, opens);
        }
        schedule.after(schedule.between(PAUSE_NANOS / 5, PAUSE_NANOS), this::next);
    }

    private void raise(World.Group group) {
        long epoch = epoch(group) + 1;
        raising.put(group, epoch);
        propose(
                group,
                LoggedCommand.newBuilder()
                        .setOwnInterval(OwnInterval.newBuilder()
                                .setInterval(Interval.ALL.toWire())
                                .setEpoch(epoch)),
                " comes to epoch " + epoch,
                () -> {
                    // The answer may be to an earlier asking.
                    epochs.merge(group, epoch, Math::max);
                    raising.remove(group, epoch);
                });
    }

    private void set(World.Group group, boolean opens) {
        if (!opens) {
            closed.add(group);
        }
        propose(
                group,
                LoggedCommand.newBuilder().setOpenShard(OpenShard.newBuilder().setOpen(opens)),
                opens ? " opens" : " closes",
                () -> {
                    if (opens) {
                        closed.remove(group);
                    }
                });
    }

    private void propose(World.Group group, LoggedCommand.Builder command, String what, Runnable done) {
        SimServer leader = group.leader();
        if (leader == null) {
            return;
        }
        CompletableFuture<ControlReply> answer = new CompletableFuture<>();
        world.network()
                .call(
                        leader,
                        up -> {
                            var _ = up.control()
                                    .propose(group.id(), command, TIMEOUT_MILLIS)
                                    .thenAccept(answer::complete);
                        },
                        answer,
                        reply -> {
                            schedule.trace(() -> group.id() + what + ": "
                                    + (reply.hasError() ? reply.getError().getCode() : "done"));
                            if (!reply.hasError()) {
                                done.run();
                            }
                        });
    }
}

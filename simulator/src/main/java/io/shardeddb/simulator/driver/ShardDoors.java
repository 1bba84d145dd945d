package io.shardeddb.simulator.driver;

import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.OpenShard;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Closes shards for writes now and then, and opens them again: never while something is prepared in them. */
final class ShardDoors {
    private static final int TIMEOUT_MILLIS = 500;
    private static final long PAUSE_NANOS = 250 * Schedule.MILLI;

    private final World world;
    private final Schedule schedule;
    private final Set<World.Group> closed = new HashSet<>();

    ShardDoors(World world) {
        this.world = world;
        schedule = world.schedule();
    }

    void begin() {
        schedule.after(schedule.between(0, 4 * PAUSE_NANOS), this::next);
    }

    private void next() {
        World.Group group = world.anyGroup();
        boolean opens = closed.contains(group) || !world.faultsGoOn();
        if (opens || schedule.oneIn(3)) {
            set(group, opens);
        }
        schedule.after(schedule.between(PAUSE_NANOS / 5, PAUSE_NANOS), this::next);
    }

    private void set(World.Group group, boolean opens) {
        SimServer leader = group.leader();
        if (leader == null) {
            return;
        }
        LoggedCommand.Builder command =
                LoggedCommand.newBuilder().setOpenShard(OpenShard.newBuilder().setOpen(opens));
        if (!opens) {
            closed.add(group);
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
                            schedule.trace(() -> group.id()
                                    + (opens ? " opens " : " closes ")
                                    + (reply.hasError() ? reply.getError().getCode() : "done"));
                            if (opens && !reply.hasError()) {
                                closed.remove(group);
                            }
                        });
    }
}

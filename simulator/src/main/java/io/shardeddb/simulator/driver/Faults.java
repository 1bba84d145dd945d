package io.shardeddb.simulator.driver;

import io.shardeddb.simulator.AllowedFaults;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What goes wrong, by the seed. */
final class Faults {
    private final World world;
    private final Schedule schedule;
    private final List<FaultKind> kinds = new ArrayList<>();
    /** More than one would be more than any group bears. */
    private boolean volumeLost;

    Faults(World world, AllowedFaults allowed) {
        this.world = world;
        schedule = world.schedule();
        // Too many kinds at once hide one another.
        for (FaultKind kind : FaultKind.values()) {
            boolean chosen = schedule.oneIn(2);
            if (chosen && allowed.allows(kind.text())) {
                kinds.add(kind);
            }
        }
    }

    void begin() {
        schedule.trace(() -> "faults " + kinds);
        if (!kinds.isEmpty()) {
            schedule.after(schedule.between(0, 2 * world.knobs().faultNanos()), this::strike);
        }
    }

    private void strike() {
        if (!world.faultsGoOn()) {
            return;
        }
        FaultKind kind = kinds.get(schedule.random().nextInt(kinds.size()));
        SimServer server =
                world.servers().get(schedule.random().nextInt(world.servers().size()));
        long pause =
                schedule.between(Schedule.MILLI, schedule.oneIn(3) ? 1_500 * Schedule.MILLI : 200 * Schedule.MILLI);
        if (canStrike(kind, server)) {
            schedule.trace(() -> kind.name().toLowerCase(Locale.ROOT) + " strikes " + server.name());
            strike(kind, server, pause);
        }
        schedule.after(schedule.between(0, 2 * world.knobs().faultNanos()), this::strike);
    }

    /** Whether there is anything to strike. */
    private boolean canStrike(FaultKind kind, SimServer server) {
        return switch (kind) {
            case KILL_AT_DISK, FREEZE, SUSPEND, TRANSFER, DRAIN -> server.running() != null;
            case VOLUME_LOST -> world.knobs().operates() && world.knobs().members() > 2 && !volumeLost;
            default -> true;
        };
    }

    private void strike(FaultKind kind, SimServer server, long pause) {
        SimServer.Running up = server.running();
        switch (kind) {
            case KILL -> {
                server.kill();
                schedule.after(pause, server::start);
            }
            case POWER -> {
                server.powerFails();
                schedule.after(pause, server::start);
            }
            case KILL_AT_DISK -> {
                if (up != null) {
                    server.disk().endAt(1 + schedule.random().nextInt(40), () -> world.processEnds(up.process()));
                }
            }
            case FREEZE -> {
                if (up != null) {
                    up.process().freeze(pause);
                }
            }
            case SUSPEND -> {
                if (up != null) {
                    up.process().suspend(pause);
                }
            }
            case CUT -> {
                SimServer other = world.servers()
                        .get(schedule.random().nextInt(world.servers().size()));
                boolean both = schedule.oneIn(2);
                cut(server, other, both, true);
                schedule.after(pause, () -> cut(server, other, both, false));
            }
            case ISOLATE -> {
                world.servers().forEach(other -> cut(server, other, true, true));
                schedule.after(pause, () -> world.servers().forEach(other -> cut(server, other, true, false)));
            }
            case DATABASE_AWAY -> server.database().away(pause);
            case DATABASE_KILLED -> server.database().kill(pause / 4);
            case DATABASE_SLOW -> {
                server.database().slow(40);
                schedule.after(pause, () -> server.database().slow(1));
            }
            case DISK_SLOW -> {
                server.disk().slow(60);
                schedule.after(pause, () -> server.disk().slow(1));
            }
            case DISK_FULL -> {
                server.disk().leave(schedule.between(0, 100 << 10));
                schedule.after(pause, () -> server.disk().leave(Long.MAX_VALUE));
            }
            case FORCE_FAILS -> server.disk().failNextForce();
            case CLOCK_STEPS -> {
                server.stepClock(schedule.between(-20_000, 20_000));
                server.speed(schedule.between(-30_000, 30_000));
            }
            case VOLUME_LOST -> {
                volumeLost = true;
                server.loseVolume();
                schedule.after(pause, server::start);
            }
            case TRANSFER -> {
                if (up != null) {
                    World.Group group = world.anyGroup();
                    schedule.after(up.process(), 0, () -> {
                        var _ = up.control().transfer(group.id(), null, 500);
                    });
                }
            }
            case DRAIN -> {
                if (up != null) {
                    schedule.after(up.process(), 0, () -> up.control().drain(true));
                    schedule.after(up.process(), pause, () -> up.control().drain(false));
                }
            }
        }
    }

    private void cut(SimServer one, SimServer other, boolean both, boolean isCut) {
        if (one != other) {
            world.network().cut(one.number(), other.number(), isCut);
            if (both) {
                world.network().cut(other.number(), one.number(), isCut);
            }
        }
    }

    void healAll() {
        world.network().healAll();
        for (SimServer server : world.servers()) {
            server.database().comeBack();
            server.database().slow(1);
            server.disk().slow(1);
            server.disk().leave(Long.MAX_VALUE);
            server.disk().forgetEnd();
            server.setClockRight();
            SimServer.Running up = server.running();
            if (up != null) {
                up.process().thaw();
                schedule.after(up.process(), 0, () -> up.control().drain(false));
            } else {
                server.start();
            }
        }
    }
}

package io.shardeddb.simulator.driver;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.server.data.DataService;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.group.runtime.GroupClients;
import io.shardeddb.server.group.runtime.GroupControl;
import io.shardeddb.server.group.runtime.GroupRuntime;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.log.LogSettings;
import io.shardeddb.server.log.MemberAddress;
import io.shardeddb.server.log.SharedLog;
import io.shardeddb.server.log.file.DamagedLogException;
import io.shardeddb.server.runtime.FatalError;
import io.shardeddb.simulator.driver.schedule.LoggedFaults;
import io.shardeddb.simulator.driver.schedule.ProcessEnded;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One server: what outlives its processes, and the process that runs, if one does. */
final class SimServer {
    /** Small, so that segments change and groups are purged and written again within a run. */
    static final LogSettings LOG = new LogSettings(512 << 10, 8 << 10, 64 << 10, 8 << 10, 5);

    private final World world;
    private final Schedule schedule;
    private final int number;
    private SimDisk disk;
    private Database database;
    private long boots;
    private long wallOffset;
    private long speedMillionths;
    private @Nullable Running running;

    /** A process that is up. */
    record Running(
            SimProcess process,
            SharedLog log,
            GroupRuntime runtime,
            GroupClients clients,
            DataService data,
            GroupControl control) {}

    SimServer(World world, int number) {
        this.world = world;
        this.number = number;
        schedule = world.schedule();
        disk = new SimDisk(schedule, world.wrong());
        database = new Database(schedule);
    }

    String name() {
        return "s" + number;
    }

    int number() {
        return number;
    }

    String endpoint() {
        return name() + ":1";
    }

    String address() {
        return new MemberAddress(name(), endpoint()).text();
    }

    SimDisk disk() {
        return disk;
    }

    Database database() {
        return database;
    }

    @Nullable
    Running running() {
        return running;
    }

    /** The wall clock, in milliseconds since the epoch. */
    long wallMillis() {
        return schedule.wallMillis() + wallOffset;
    }

    void stepClock(long millis) {
        wallOffset += millis;
    }

    void setClockRight() {
        wallOffset = 0;
    }

    /** Clocks of processes that begin from now on run faster or slower by millionths. */
    void speed(long millionths) {
        speedMillionths = millionths;
    }

    /** Begins a process; it may fail, as on a full disk. */
    void start() {
        if (running != null) {
            return;
        }
        SimProcess process = new SimProcess(schedule, this, 1 + speedMillionths / 1e6);
        boots++;
        FatalError fatal = (what, cause) -> {
            if (cause instanceof RuntimeException fault) {
                schedule.broken(LoggedFaults.thrown(fault));
            }
            schedule.trace(() -> name() + " ends: " + what + ": " + cause);
            if (process.isAlive()) {
                world.processEnds(process);
            }
            throw new ProcessEnded();
        };
        try {
            SharedLog log = SharedLog.open(disk, LOG, process, fatal);
            compare(log);
            GroupRuntime runtime = new GroupRuntime(
                    log,
                    new Stores(new SimStores(world, process, database), "volume", boots, process::nanos),
                    world.knobs().settings(),
                    process,
                    world.network().sender(process),
                    world.network().calls(process),
                    new SimCopies(world, process),
                    world.knobs().retention(),
                    new NoTimestamps(),
                    fatal);
            GroupClients clients = new GroupClients(runtime);
            DataService data = new DataService(clients, runtime.leaders());
            running = new Running(process, log, runtime, clients, data, new GroupControl(runtime));
            runtime.start();
            schedule.trace(() -> name() + " starts, boot " + boots);
        } catch (DamagedLogException e) {
            schedule.broken(new RuleBroken("a log that was not damaged is not found damaged", name() + ": " + e));
        } catch (IOException e) {
            process.end();
            schedule.trace(() -> name() + " does not start: " + e.getMessage());
        } catch (ProcessEnded e) {
            process.end();
            running = null;
        }
    }

    /** What a log no longer has must be in the rows, durably. */
    private void compare(SharedLog log) {
        for (GroupLog group : log.groups()) {
            Database.Replica replica = database.present(group.group().toString());
            if (replica != null
                    && replica.member.equals(group.member().toString())
                    && replica.unfinished == null
                    && replica.state.index() < group.marker().index()) {
                schedule.broken(new RuleBroken(
                        "a log begins where its rows are durable",
                        name() + ": the log of " + group.group() + " begins behind "
                                + group.marker().index() + ", the rows are of " + replica.state.index()));
            }
        }
    }

    /** The process ends at once, in whatever it does. */
    void kill() {
        Running up = running;
        if (up != null) {
            up.process().end();
            running = null;
            disk.forgetEnd();
            schedule.trace(() -> name() + " killed");
            world.network().broke(this);
        }
    }

    /** The same, and what was not forced may be lost. */
    void powerFails() {
        kill();
        disk.powerFails();
        database.kill(schedule.between(0, 100 * Schedule.MILLI));
    }

    /** Disk and database are new and empty. */
    void loseVolume() {
        kill();
        disk = new SimDisk(schedule, world.wrong());
        database = new Database(schedule);
        boots = 0;
        schedule.trace(() -> name() + " has a new volume");
    }

    /** Whether its replica of a group is well and could be copied from. */
    boolean serves(GroupId group) {
        Running up = running;
        var view = up == null ? null : up.runtime().view(group);
        return view != null && view.state() == io.shardeddb.protocol.wire.ReplicaState.HEALTHY;
    }

    private static final class NoTimestamps implements TimestampSource {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public long next(int count, long floor, LongConsumer then) {
            throw new IllegalStateException("the timestamp service is off");
        }

        @Override
        public void forget(long request) {
            throw new IllegalStateException("the timestamp service is off");
        }
    }
}

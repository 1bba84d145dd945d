package io.shardeddb.simulator.driver;

import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.simulator.driver.rows.State;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server's database: a process of its own, which makes commits durable later. When it is killed it comes back without
 * the last of them, of all replicas together.
 */
final class Database {
    private static final int OLD_VIEWS = 6;

    private final Schedule schedule;
    private final Map<String, Replica> replicas = new HashMap<>();
    /** How to take back what is not durable, oldest first. */
    private List<Undo> undurable = new ArrayList<>();

    private long awayUntil;
    private long slowFactor = 1;
    private long kills;

    /** What is stored of one replica. */
    static final class Replica {
        String member = "";
        long boot;
        State state = State.EMPTY;
        long copied = -1;

        @Nullable
        String unfinished;
        /** What readers saw lately, for copies that opened their view some time ago. */
        final ArrayDeque<State> views = new ArrayDeque<>();
        /** A commit of a process that has ended, which may still arrive. */
        @Nullable
        Late late;

        /** Nothing is left of the rows. */
        void clear() {
            state = State.EMPTY;
            copied = -1;
            unfinished = null;
            views.clear();
        }

        private Undo image() {
            return new Undo(this, member, boot, state, copied, unfinished);
        }
    }

    /** @param boot of the process that sent it */
    record Late(State state, long boot) {}

    private record Undo(
            Replica replica,
            String member,
            long boot,
            State state,
            long copied,
            @Nullable String unfinished) {
        void run() {
            replica.member = member;
            replica.boot = boot;
            replica.state = state;
            replica.copied = copied;
            replica.unfinished = unfinished;
            replica.views.clear();
        }
    }

    Database(Schedule schedule) {
        this.schedule = schedule;
    }

    /** How long until a thread gets to run a task that talks to it, with the task's own time. */
    long slowness() {
        return slowFactor
                * schedule.between(
                        30 * Schedule.MICRO, schedule.oneIn(30) ? 20 * Schedule.MILLI : 900 * Schedule.MICRO);
    }

    void slow(long factor) {
        slowFactor = factor;
    }

    /** Nobody gets an answer for a while. */
    void away(long nanos) {
        awayUntil = schedule.now() + nanos;
    }

    /** It ends, and comes back after a while without some of its last commits. */
    void kill(long nanos) {
        away(nanos);
        kills++;
        int kept = undurable.isEmpty() ? 0 : schedule.random().nextInt(undurable.size() + 1);
        for (int i = undurable.size() - 1; i >= kept; i--) {
            undurable.get(i).run();
        }
        undurable = new ArrayList<>();
        replicas.values().forEach(replica -> replica.late = null);
    }

    /** How often connections have been lost. */
    long kills() {
        return kills;
    }

    void check() throws StoreUnavailableException {
        if (schedule.now() < awayUntil) {
            throw new StoreUnavailableException("the database is away");
        }
    }

    boolean isAway() {
        return schedule.now() < awayUntil;
    }

    void comeBack() {
        awayUntil = 0;
    }

    Replica replica(String group) {
        return replicas.computeIfAbsent(group, name -> new Replica());
    }

    @Nullable
    Replica present(String group) {
        return replicas.get(group);
    }

    /** Something of a replica is about to be committed. */
    void changes(Replica replica) {
        undurable.add(replica.image());
        replica.views.addLast(replica.state);
        if (replica.views.size() > OLD_VIEWS) {
            replica.views.removeFirst();
        }
    }

    /** An old connection's COMMIT arrives now or never. */
    void resolveLate(Replica replica) {
        Late late = replica.late;
        replica.late = null;
        if (late != null && schedule.oneIn(2)) {
            changes(replica);
            replica.state = late.state();
        }
    }

    /** Everything committed is durable. */
    void flush() {
        undurable.clear();
    }
}

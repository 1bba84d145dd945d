package io.shardeddb.consensus.timestamp;

import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a process does to get timestamps: one exchange with all servers of the membership serves every caller that was
 * waiting when it began. If session S ends before session T begins, in whatever process, every timestamp of S is less
 * than every one of T.
 *
 * <p>Inputs are followed by {@link #drain}; {@link #tick} is due at {@link #deadline}. Times are nanoseconds of one
 * monotonic clock.
 */
public final class TimestampSessions {
    private final TimestampRules rules;
    private final Times times;
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private final Map<Long, TimestampSession> running = new LinkedHashMap<>();
    private List<Tick> ticks = new ArrayList<>();
    private List<Concluded> concluded = new ArrayList<>();
    private TimestampMembership membership = TimestampMembership.NONE;
    /** The greatest timestamp that each server is known to have reached. */
    private long[] reached = new long[0];
    /**
     * Servers that let a tick wait for long: they are asked now and then only, until they answer; but as soon as there
     * are not enough others, all are asked.
     */
    private boolean[] suspected = new boolean[0];

    private long[] askedAt = new long[0];

    /** Since when a server has been asked and has answered nothing; meaningful while it is {@link #silent}. */
    private long[] silentSince = new long[0];

    private boolean[] silent = new boolean[0];

    private long lastSession;

    /**
     * Times of the exchange, in nanoseconds, and bounds.
     *
     * @param boostAfter how long a session with a candidate waits for more answers before it raises the servers that
     *     are behind
     * @param retryAfter after this time, at first, what was not answered is asked again
     * @param longestRetry the longest time between repetitions; a server that answers nothing for so long is suspected
     * @param maxSessions sessions under way at the same time
     */
    public record Times(long boostAfter, long retryAfter, long longestRetry, int maxSessions) {
        /** For servers in one or a few data centres. */
        public static final Times USUAL = new Times(1_000_000, 20_000_000, 200_000_000, 4);
    }

    /**
     * Somebody wants timestamps.
     *
     * @param id the caller's number
     * @param count how many
     * @param floor a timestamp that all must exceed
     */
    public record Request(long id, int count, long floor) {}

    /** To be sent to a server: a question for values, see {@link TimestampKeeper#tick}. */
    public record Tick(Member to, long session, long epoch, long floor, int count) {}

    /**
     * A caller's timestamps: so many as it asked for, beginning with this one, each {@link TimestampLayout#later} than
     * the one before.
     */
    public record Concluded(Request request, long first) {}

    /** What is to be done. */
    public record Effects(List<Tick> ticks, List<Concluded> concluded) {}

    public TimestampSessions(Times times) {
        this(TimestampRules.SOUND, times);
    }

    /** The same with other rules than the sound ones: for simulators alone. */
    public TimestampSessions(TimestampRules rules, Times times) {
        this.rules = rules;
        this.times = times;
    }

    /** The membership in use. */
    public TimestampMembership membership() {
        return membership;
    }

    /** How many sessions have begun. */
    public long begun() {
        return lastSession;
    }

    /** Whether nobody waits. */
    public boolean isIdle() {
        return waiting.isEmpty() && running.isEmpty();
    }

    /**
     * Learns a membership; an older one than known changes nothing. Sessions under way begin again in the newer epoch.
     */
    public void membership(TimestampMembership newer, long now) {
        if (newer.epoch() <= membership.epoch()) {
            return;
        }
        membership = newer;
        int members = newer.members().size();
        reached = rules.forgetsServers() ? new long[members] : Arrays.copyOf(reached, members);
        suspected = new boolean[members];
        askedAt = new long[members];
        silentSince = new long[members];
        silent = new boolean[members];
        List<TimestampSession> interrupted = List.copyOf(running.values());
        running.clear();
        for (int i = interrupted.size() - 1; i >= 0; i--) {
            List<Request> callers = interrupted.get(i).callers();
            for (int c = callers.size() - 1; c >= 0; c--) {
                waiting.addFirst(callers.get(c));
            }
        }
        begin(now);
    }

    /** A caller; served by the next session that begins. */
    public void request(Request request, long now) {
        if (request.count() < 1 || request.count() > TimestampKeeper.MAX_COUNT) {
            throw new IllegalArgumentException("not a number of timestamps to ask for: " + request.count());
        }
        waiting.add(request);
        begin(now);
    }

    /** Nobody waits for this any more. */
    public void forget(long id) {
        waiting.removeIf(request -> request.id() == id);
    }

    private void begin(long now) {
        while (membership.isOn() && !waiting.isEmpty() && running.size() < times.maxSessions()) {
            List<Request> callers = new ArrayList<>();
            int count = 0;
            Request next = waiting.peek();
            while (next != null && count + next.count() <= TimestampKeeper.MAX_COUNT) {
                count += next.count();
                callers.add(waiting.remove());
                next = waiting.peek();
            }
            TimestampSession session = new TimestampSession(++lastSession, membership, List.copyOf(callers));
            running.put(session.id(), session);
            for (int i = 0; i < reached.length; i++) {
                ask(session, i, session.floor(), now);
            }
            session.sent(now, times.retryAfter(), times.longestRetry());
        }
    }

    private void ask(TimestampSession session, int server, long floor, long now) {
        if (suspected[server] && now - askedAt[server] < times.longestRetry() && othersAreEnough()) {
            return;
        }
        askedAt[server] = now;
        if (!silent[server]) {
            silent[server] = true;
            silentSince[server] = now;
        }
        ticks.add(new Tick(membership.members().get(server), session.id(), membership.epoch(), floor, session.count()));
    }

    private boolean othersAreEnough() {
        int others = 0;
        for (boolean doubtful : suspected) {
            others += doubtful ? 0 : 1;
        }
        return others >= Math.max(rules.quorum(membership), rules.reaching(membership));
    }

    /**
     * A server's answer.
     *
     * @param session of the tick that is answered
     * @param epoch of the answer
     * @param first where the run given begins
     * @param count how many values were asked for
     */
    public void answered(MemberId from, long session, long epoch, long first, int count, long now) {
        int server = membership.numberOf(from);
        if (server < 0 || epoch != membership.epoch()) {
            return;
        }
        suspected[server] = false;
        silent[server] = false;
        reached[server] = Math.max(reached[server], TimestampLayout.later(first, count - 1L));
        for (TimestampSession running : List.copyOf(running.values())) {
            if (rules.countsIn(running.id(), session)) {
                boolean had = running.hasCandidate();
                running.answered(server, first, rules);
                if (!had && running.hasCandidate()) {
                    running.boostAt(now + times.boostAfter());
                }
            }
            proceed(running, now);
        }
        begin(now);
    }

    /** The server could not be asked; the tick is repeated later. */
    public void failed(MemberId server, long now) {
        int number = membership.numberOf(server);
        if (number >= 0) {
            suspected[number] = true;
            List.copyOf(running.values()).forEach(session -> proceed(session, now));
        }
    }

    private void proceed(TimestampSession session, long now) {
        if (!session.hasCandidate()) {
            return;
        }
        int there = 0;
        boolean moreToCome = false;
        for (int i = 0; i < reached.length; i++) {
            if (reached[i] >= session.lastOfRun()) {
                there++;
            } else {
                moreToCome |= !session.hasAnswered(i) && !suspected[i];
            }
        }
        if (there >= rules.reaching(membership)) {
            conclude(session);
        } else if (!session.isBoosted() && (!moreToCome || now - session.boostAt() >= 0)) {
            session.boosted();
            boost(session, now);
        }
    }

    /** Raises the servers that are not known to have reached the candidate. */
    private void boost(TimestampSession session, long now) {
        for (int i = 0; i < reached.length; i++) {
            if (reached[i] < session.lastOfRun()) {
                ask(session, i, session.lastOfRun(), now);
            }
        }
    }

    private void conclude(TimestampSession session) {
        running.remove(session.id());
        long first = session.candidate();
        for (Request caller : session.callers()) {
            concluded.add(new Concluded(caller, first));
            first = TimestampLayout.later(first, caller.count());
        }
    }

    /** Time has passed. */
    public void tick(long now) {
        for (TimestampSession session : List.copyOf(running.values())) {
            proceed(session, now);
            if (running.containsKey(session.id()) && now - session.retryAt() >= 0) {
                repeat(session, now);
                session.sent(now, times.retryAfter(), times.longestRetry());
                proceed(session, now);
            }
        }
        begin(now);
    }

    private void repeat(TimestampSession session, long now) {
        for (int i = 0; i < reached.length; i++) {
            if (!session.hasAnswered(i)) {
                suspected[i] |= silent[i] && now - silentSince[i] >= times.longestRetry();
                ask(session, i, session.floor(), now);
            } else if (session.hasCandidate() && reached[i] < session.lastOfRun()) {
                ask(session, i, session.lastOfRun(), now);
            }
        }
    }

    /** When {@link #tick} is due; absent while nobody waits. */
    public @Nullable Long deadline() {
        Long next = null;
        for (TimestampSession session : running.values()) {
            long due = session.hasCandidate() && !session.isBoosted()
                    ? Math.min(session.boostAt(), session.retryAt())
                    : session.retryAt();
            next = next == null ? Long.valueOf(due) : Long.valueOf(Math.min(next, due));
        }
        return next;
    }

    /** What follows from the inputs so far. */
    public Effects drain() {
        Effects effects = new Effects(ticks, concluded);
        ticks = new ArrayList<>();
        concluded = new ArrayList<>();
        return effects;
    }
}

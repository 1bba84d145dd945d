package io.shardeddb.simulator.timestamp;

import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.timestamp.TimestampLayout;
import io.shardeddb.consensus.timestamp.TimestampMembership;
import io.shardeddb.consensus.timestamp.TimestampSessions;
import io.shardeddb.simulator.AllowedFaults;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Trace;
import io.shardeddb.simulator.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Servers that crash, restart and lose their disks, callers that come and go, two operators with old pictures, and a
 * network that loses, doubles and delays: all under one seed. What is checked: each timestamp exceeds every one whose
 * session had ended before its caller asked, none is given twice, and after healing everybody gets one.
 */
final class TimestampWorld {
    private static final long MILLI = 1_000_000;
    private static final long STORM = 1_500 * MILLI;
    private static final long CALM = 3_000 * MILLI;
    private static final int MAX_STEPS = 200_000;

    final WrongTimestamps variant;
    final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final AllowedFaults allowed;
    private final Trace trace;
    final List<SimServer> servers = new ArrayList<>();
    private final List<SimCaller> callers = new ArrayList<>();
    private final boolean wallClocks;
    private final int greatestCount;
    /** What was given, as runs of clock values: first to last, by the server's number. */
    private final Map<Integer, TreeMap<Long, Long>> given = new HashMap<>();

    private final long slowestWrite;
    private final double loss;
    private TimestampMembership record;
    private long greatestEnded;
    private long concluded;
    long now;
    private long order;
    private boolean calm;

    private record Event(long time, long order, Runnable work) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
        }
    }

    /** A rule was found broken. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String rule;
        private final String text;

        Broken(String rule, String text) {
            super(rule + ": " + text);
            this.rule = rule;
            this.text = text;
        }
    }

    TimestampWorld(Setup setup, WrongTimestamps variant) {
        this.variant = variant;
        allowed = setup.faults();
        trace = setup.trace();
        random = new Random(setup.seed() * 0x9E3779B97F4A7C15L + 17);
        wallClocks = random.nextInt(3) == 0 && allowed.allows(FaultKind.WALL_CLOCKS.text());
        greatestCount = random.nextBoolean() ? 1 : 3000;
        double drawnLoss = random.nextInt(3) * 0.05;
        loss = allowed.allows(FaultKind.LOSS.text()) ? drawnLoss : 0;
        boolean slow = random.nextInt(3) == 0 && allowed.allows(FaultKind.SLOW_WRITE.text());
        slowestWrite = (slow ? 80 : 8) * MILLI;
        int machines = 3 + random.nextInt(4);
        for (int i = 0; i < machines; i++) {
            servers.add(new SimServer(this, i));
        }
        int size = machines >= 5 && random.nextBoolean() ? 5 : 3;
        record = new TimestampMembership(1, 0, membersOf(servers.subList(0, size)));
        servers.forEach(server -> server.receiveConfiguration(record, settled -> {}));
        int clients = 2 + random.nextInt(3);
        for (int i = 0; i < clients; i++) {
            callers.add(new SimCaller(this, i));
        }
        callers.forEach(caller -> caller.learn(record));
    }

    /** Lives it, and judges it. */
    Verdict run() {
        try {
            String failure = live();
            note(concluded + " sessions concluded");
            return failure == null ? new Verdict.Clean() : Verdict.Violation.told(failure);
        } catch (Broken broken) {
            return new Verdict.Violation(broken.rule, broken.text);
        } catch (RuntimeException broken) {
            return Verdict.Violation.thrown(broken);
        }
    }

    private @Nullable String live() {
        later(0, this::fault);
        later(0, this::spread);
        callers.forEach(caller -> later(0, caller::ask));
        later(STORM, this::heal);
        int steps = 0;
        Event next = events.poll();
        while (next != null && next.time() < STORM + CALM) {
            now = next.time();
            next.work().run();
            if (++steps > MAX_STEPS) {
                return "it comes to an end";
            }
            next = events.poll();
        }
        return callers.stream().allMatch(SimCaller::isServed) ? null : "nobody waits for ever";
    }

    void note(String text) {
        if (trace.isOn()) {
            trace.line(now / 1000 + " " + text);
        }
    }

    void later(long delay, Runnable work) {
        events.add(new Event(now + delay, order++, work));
    }

    /** Delivers later, never or twice. */
    void deliver(Runnable message) {
        double luck = random.nextDouble();
        if (!calm && luck < loss) {
            return;
        }
        later(delay(), message);
        if (!calm && luck > 1 - loss) {
            later(delay(), message);
        }
    }

    private long delay() {
        int kind = random.nextInt(100);
        return kind < 90 || calm ? 50_000 + random.nextLong(MILLI) : random.nextLong(60 * MILLI);
    }

    long wallMillis(int server) {
        // Skewed by up to four seconds, and one of them stands still.
        return wallClocks && server != 1 ? 1_000_000 + now / MILLI + server * 700L : 0;
    }

    boolean isCalm() {
        return calm;
    }

    /** How long a disk takes to make something durable. */
    long writeTime() {
        return random.nextLong(calm ? MILLI : slowestWrite);
    }

    // ---- what callers tell

    int count() {
        return 1 + random.nextInt(greatestCount);
    }

    long greatestEnded() {
        return greatestEnded;
    }

    void ended(int caller, TimestampSessions.Concluded end, long endedWhenAsked) {
        long last = TimestampLayout.later(end.first(), end.request().count() - 1L);
        note("caller " + caller + " gets " + end.first() + " to " + last);
        if (end.first() <= endedWhenAsked) {
            throw new Broken(
                    "a timestamp exceeds all that were concluded before",
                    "caller " + caller + " got " + end.first() + " though " + endedWhenAsked
                            + " had been concluded before it asked");
        }
        if (end.first() <= end.request().floor()) {
            throw new Broken(
                    "a timestamp exceeds its floor",
                    "caller " + caller + " got " + end.first() + ", not above its floor");
        }
        long first = TimestampLayout.clock(end.first());
        int number = (int) (end.first() - TimestampLayout.timestamp(first, 0));
        TreeMap<Long, Long> runs = given.computeIfAbsent(number, ignored -> new TreeMap<>());
        Map.Entry<Long, Long> before = runs.floorEntry(TimestampLayout.clock(last));
        if (before != null && before.getValue() >= first) {
            throw new Broken(
                    "no timestamp is given twice", "of " + end.first() + " to " + last + " something was given twice");
        }
        runs.put(first, TimestampLayout.clock(last));
        greatestEnded = Math.max(greatestEnded, last);
        concluded++;
    }

    @Nullable
    SimServer server(MemberId id) {
        return servers.stream()
                .filter(server -> server.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    // ---- faults

    private void fault() {
        if (calm) {
            return;
        }
        SimServer server = servers.get(random.nextInt(servers.size()));
        FaultKind kind = FaultKind.drawn(random.nextInt(10));
        if (allowed.allows(kind.text())) {
            strike(kind, server);
        }
        later(random.nextLong(40 * MILLI), this::fault);
    }

    private void strike(FaultKind kind, SimServer server) {
        switch (kind) {
            case CRASH -> server.crash();
            case WIPE -> loseDisk(server);
            case CUT -> server.isolate(random.nextLong(80 * MILLI));
            case MEMBERSHIP -> changeMembership(record);
            case SECOND_OPERATOR -> {
                // An operator that acts on what it saw some time ago.
                TimestampMembership old = record;
                later(random.nextLong(100 * MILLI), () -> changeMembership(old));
            }
            // For all of them, often while a change is being made durable.
            case POWER -> {
                changeMembership(record);
                later(random.nextLong(10 * MILLI), () -> servers.forEach(SimServer::crash));
            }
            case CALLER_RESTART -> callers.get(random.nextInt(callers.size())).restart();
            case LOSS, SLOW_WRITE, WALL_CLOCKS -> throw new IllegalStateException(kind + " holds for the whole run");
        }
    }

    /** No more disks than the membership can do without are lost before it is changed. */
    private void loseDisk(SimServer server) {
        long lost = record.members().stream()
                .filter(member -> server(member.id()) == null)
                .count();
        boolean member = record.numberOf(server.id()) >= 0;
        if (!member || lost < record.members().size() - record.quorum()) {
            server.loseDisk();
        }
    }

    private void heal() {
        calm = true;
        servers.forEach(SimServer::heal);
        later(50 * MILLI, () -> changeMembership(record));
    }

    /** Everybody hears of the membership now and then. */
    private void spread() {
        TimestampMembership known = record;
        for (SimServer server : servers) {
            if (random.nextInt(3) == 0 || calm) {
                deliver(() -> server.receiveConfiguration(known, settled -> {}));
            }
        }
        for (SimCaller caller : callers) {
            if (random.nextInt(4) == 0 || calm) {
                deliver(() -> caller.learn(known));
            }
        }
        later(10 * MILLI + random.nextLong(20 * MILLI), this::spread);
    }

    // ---- the operator

    private List<Member> membersOf(List<SimServer> chosen) {
        return chosen.stream()
                .map(server -> new Member(server.id(), "server-" + server.number()))
                .toList();
    }

    /** Seals enough of the old members, writes down the new ones, tells them. */
    private void changeMembership(TimestampMembership seen) {
        note("operator seals epoch " + seen.epoch());
        Map<MemberId, Long> sealed = new HashMap<>();
        boolean[] written = {false};
        for (int attempt = 0; attempt < (calm ? 20 : 3); attempt++) {
            later(attempt * 15L * MILLI, () -> {
                for (Member member : written[0] ? List.<Member>of() : seen.members()) {
                    deliver(() -> seal(member.id(), seen, sealed, written));
                }
            });
        }
    }

    private void seal(MemberId id, TimestampMembership seen, Map<MemberId, Long> sealed, boolean[] written) {
        SimServer server = server(id);
        if (server == null) {
            return;
        }
        server.receiveSeal(
                seen.epoch(),
                settled -> deliver(() -> {
                    sealed.merge(id, settled.greatest(), Math::max);
                    int needed = seen.reaching() - (variant == WrongTimestamps.ONE_SEAL_FEWER ? 1 : 0);
                    if (!written[0] && sealed.size() >= needed) {
                        written[0] = true;
                        write(
                                seen,
                                sealed.values().stream()
                                        .mapToLong(Long::longValue)
                                        .max()
                                        .orElse(0));
                    }
                }));
    }

    private void write(TimestampMembership seen, long startAbove) {
        boolean blind = variant == WrongTimestamps.EPOCH_WITHOUT_COMPARE_AND_SET;
        if (record.epoch() != seen.epoch() && !blind) {
            return;
        }
        List<SimServer> chosen = new ArrayList<>(servers);
        java.util.Collections.shuffle(chosen, random);
        int size = servers.size() >= 5 && random.nextBoolean() ? 5 : 3;
        TimestampMembership next = new TimestampMembership(
                seen.epoch() + 1,
                Math.max(startAbove, blind ? 0 : record.startAbove()),
                membersOf(chosen.subList(0, size)));
        note("operator writes " + next);
        record = next;
        for (SimServer server : servers) {
            deliver(() -> server.receiveConfiguration(next, settled -> {}));
        }
    }
}

package io.shardeddb.cli.bench.measured;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.compare.Gain;
import io.shardeddb.bench.compare.Succession;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.http.TimestampTarget;
import io.shardeddb.bench.load.ClosedLoop;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Measurement;
import io.shardeddb.bench.workload.Population;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The four measurements of what adapting brings, one after the other on one database. */
public final class AdaptiveRun {

    private static final int CLIENTS = 8;
    private static final int TIMESTAMP_CLIENTS = 32;
    private static final int FOLLOWERS = 4;
    private static final long SLOW_MILLIS = 60;
    private static final long SLOW_LEADER_MILLIS = 200;
    private static final long STOPPED_MILLIS = 200;
    private static final long RUNNING_MILLIS = 40;
    /** A leader that runs some of the time is quick some of the time: a median would not show the rest. */
    private static final double SLOW_LEADER_PERCENT = 95;

    private static final double WARM_UP_SECONDS = 1;
    private static final long LEAVING_SECONDS = 90;
    /**
     * So long a leader leads before it becomes slow: the operator moves none that has led for less, whatever it is
     * like.
     */
    private static final long LED_SECONDS = 31;

    private static final String MILLIS = "ms";

    private final FaultDriver database;
    private final int rounds;
    private final double seconds;
    private final Consumer<String> progress;
    private final Contender contender;
    private long seed = 1;

    /** @param seconds of each round */
    public AdaptiveRun(FaultDriver database, int rounds, double seconds, Consumer<String> progress) {
        this.database = database;
        this.rounds = rounds;
        this.seconds = seconds;
        this.progress = progress;
        contender = new Contender(database.bench().target(RouterTarget.Interface.V1), Map.of());
    }

    private Measurement inserts() throws LoadException, InterruptedException {
        return contender.loop(Workload.inserts(Table.students(), 1), CLIENTS).run(WARM_UP_SECONDS, seconds, seed++);
    }

    /** Figures of several rounds. */
    private static final class Figures {
        private final double percent;
        private final List<Double> latencies = new ArrayList<>();
        private final List<Double> rates = new ArrayList<>();

        /** @param percent of the operations that do not last longer than the latency that is kept of each round */
        Figures(double percent) {
            this.percent = percent;
        }

        void add(Measurement measured) {
            latencies.add(measured.millisAt(percent));
            rates.add(measured.operationsPerSecond());
        }
    }

    /**
     * Followers that are slow.
     *
     * @param what for people
     * @param millis what each follower sends leaves so much later
     * @param note what to expect; null where a gain is to be expected
     */
    private record Slow(
            String what, List<Long> millis, @Nullable String note) {
        private static Slow some(int count) {
            List<Long> millis = new ArrayList<>(Collections.nCopies(FOLLOWERS, 0L));
            Collections.fill(millis.subList(0, count), SLOW_MILLIS);
            String note =
                    count > FOLLOWERS / 2 ? null : "no gain to be expected: three quick ones are a majority of five";
            return new Slow(count + " of 5 slow by " + SLOW_MILLIS + " ms", millis, note);
        }
    }

    /** (a) Two tolerated faults, which is the majority of five, against one: both by weights. */
    public List<Gain> quorums() throws LoadException, InterruptedException {
        List<Gain> gains = new ArrayList<>();
        progress.accept("warming up");
        inserts();
        inserts();
        List<Slow> cases = List.of(
                Slow.some(3),
                new Slow("slow by 0/0/5/10/20 ms", List.of(0L, 5L, 10L, 20L), null),
                Slow.some(2),
                Slow.some(1));
        for (Slow slow : cases) {
            Figures two = new Figures(50);
            Figures one = new Figures(50);
            List<String> followers = database.followers();
            try {
                database.prefer(database.leader());
                for (int i = 0; i < followers.size(); i++) {
                    database.delay(followers.get(i), slow.millis().get(i));
                }
                for (int round = 0; round < rounds; round++) {
                    database.faultTolerance(2);
                    two.add(inserts());
                    database.faultTolerance(1);
                    one.add(inserts());
                }
            } finally {
                release(followers);
            }
            String what = "t = 1 against t = 2, " + slow.what() + ": ";
            gains.add(noted(Gain.of(what + "p50", MILLIS, two.latencies, one.latencies, true, slow.note())));
            gains.add(noted(Gain.of(what + "inserts", "1/s", two.rates, one.rates, false, slow.note())));
        }
        return gains;
    }

    private void release(List<String> slowed) throws InterruptedException {
        for (String server : slowed) {
            database.delay(server, 0);
        }
        database.prefer(null);
    }

    private Gain noted(Gain gain) {
        progress.accept(String.format(
                Locale.ROOT, "%s: %.2f -> %.2f %s", gain.measurement(), gain.baseline(), gain.adaptive(), gain.unit()));
        return gain;
    }

    /** What makes a leader slow until it is lifted. */
    private interface Burden {
        void lift() throws InterruptedException;
    }

    private Burden delayed(String leader) throws InterruptedException {
        database.delay(leader, SLOW_LEADER_MILLIS);
        return () -> database.delay(leader, 0);
    }

    private Burden limited(String leader) {
        CpuLimit limit = database.limit(leader, STOPPED_MILLIS, RUNNING_MILLIS);
        return limit::close;
    }

    private interface Burdening {
        Burden begin(String leader) throws InterruptedException;
    }

    /** (b) A leader that becomes slow: fixed, and free to go. */
    public List<Gain> slowLeader() throws LoadException, InterruptedException {
        database.faultTolerance(2);
        List<Gain> gains = new ArrayList<>(slowLeader("leader slow by " + SLOW_LEADER_MILLIS + " ms", this::delayed));
        gains.addAll(slowLeader(
                "leader runs for " + RUNNING_MILLIS + " of " + (STOPPED_MILLIS + RUNNING_MILLIS) + " ms",
                this::limited));
        return gains;
    }

    private List<Gain> slowLeader(String slowness, Burdening burdening) throws LoadException, InterruptedException {
        Figures fixed = new Figures(SLOW_LEADER_PERCENT);
        Figures free = new Figures(SLOW_LEADER_PERCENT);
        List<Double> leaving = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            String leader = established();
            database.prefer(leader);
            Burden burden = burdening.begin(leader);
            try {
                fixed.add(inserts());
                leaving.add(left(leader));
                progress.accept(String.format(Locale.ROOT, "left after %.1f s", leaving.getLast()));
                free.add(inserts());
            } finally {
                burden.lift();
            }
        }
        String what = slowness + ", fixed against free: ";
        String note = String.format(
                Locale.ROOT,
                "left after %.1f to %.1f s",
                leaving.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                leaving.stream().mapToDouble(Double::doubleValue).max().orElse(0));
        return List.of(
                noted(Gain.of(what + "p95", MILLIS, fixed.latencies, free.latencies, true, note)),
                noted(Gain.of(what + "inserts", "1/s", fixed.rates, free.rates, false, note)));
    }

    /** The leader, once it has led for as long as the operator lets every leader lead. */
    private String established() throws InterruptedException {
        String leader = database.leader();
        long since = System.nanoTime();
        while (System.nanoTime() - since < TimeUnit.SECONDS.toNanos(LED_SECONDS)) {
            Thread.sleep(Duration.ofSeconds(1));
            String now = database.leader();
            if (!now.equals(leader)) {
                leader = now;
                since = System.nanoTime();
            }
        }
        return leader;
    }

    /** Lets a leader that was fixed go. Returns after how many seconds another one leads. */
    private double left(String leader) throws LoadException, InterruptedException {
        long begun = System.nanoTime();
        database.prefer(null);
        while (database.leader().equals(leader)) {
            if (System.nanoTime() - begun > LEAVING_SECONDS * 1_000_000_000L) {
                throw new CommandFailure(
                        ExitCode.TEMPORARY, leader + " is slow and leads still after " + LEAVING_SECONDS + " s");
            }
            // Only a leader that has something to do is known to be slow.
            contender.loop(Workload.inserts(Table.students(), 1), 1).run(0, 1, seed++);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    /** Elections of one kind: who won them, and the share of each round. */
    private static final class Elections {
        private final List<Double> percents = new ArrayList<>();
        private int wins;
        private int all;

        /** Takes note of a round. */
        void add(int won, int of) {
            wins += won;
            all += of;
            percents.add(100 * Succession.share(won, of));
        }

        @Override
        public String toString() {
            return wins + " of " + all;
        }
    }

    /**
     * (c) How often a slow follower wins when the leader is killed: unranked, and ranked.
     *
     * @param passes how many times in a round each place in the order of the followers is the slow one's
     */
    public List<Gain> killedLeader(int passes) throws LoadException, InterruptedException {
        database.faultTolerance(2);
        Elections unranked = new Elections();
        Elections ranked = new Elections();
        for (int round = 0; round < rounds; round++) {
            elect(passes, false, unranked);
            elect(passes, true, ranked);
        }
        String note = "slow one won " + unranked + " unranked, " + ranked
                + " ranked; shares are by the rule of succession, (wins + 1) / (kills + 2)";
        return List.of(noted(Gain.of(
                "leader killed, one follower slow by " + SLOW_MILLIS + " ms: the slow one wins",
                "%",
                unranked.percents,
                ranked.percents,
                true,
                note)));
    }

    /**
     * Kills the leader as often as there are followers, in each pass. Each time another place in the order in which
     * followers notice and stand belongs to the slow one: by chance it would win once in a pass.
     */
    private void elect(int passes, boolean ranked, Elections elections) throws LoadException, InterruptedException {
        int kills = passes * FOLLOWERS;
        int wins = 0;
        for (int kill = 0; kill < kills; kill++) {
            wins += slowWins(kill % FOLLOWERS, ranked) ? 1 : 0;
        }
        elections.add(wins, kills);
    }

    /**
     * Kills the leader. Returns whether the follower at a place in the order in which they stand leads next; it is
     * slow.
     */
    private boolean slowWins(int place, boolean ranked) throws LoadException, InterruptedException {
        String slow = database.followersAsTheyStand().get(place);
        database.prefer(ranked ? null : database.leader());
        database.delay(slow, SLOW_MILLIS);
        String leader;
        String next;
        long starts;
        try {
            // What is known of leaders is learned from writes.
            contender.loop(Workload.inserts(Table.students(), 1), 1).run(0, 1, seed++);
            leader = database.awaitFollowers(slow, ranked);
            starts = database.killLeader(leader);
            next = database.leaderOtherThan(leader);
        } finally {
            // Also when this could not be measured: other measurements follow.
            release(List.of(slow));
        }
        progress.accept(
                "killed " + leader + ", " + slow + " is slow" + (ranked ? " and ranked" : "") + ", " + next + " leads");
        database.awaitReturn(leader, starts);
        return next.equals(slow);
    }

    /**
     * (d) Hybrid timestamps against the service's, with all servers and with one away. They take turns, or the later
     * one would be quicker.
     */
    public List<Gain> timestamps() throws LoadException, InterruptedException {
        Figures hybrid = new Figures(50);
        Figures all = new Figures(50);
        Figures oneAway = new Figures(50);
        // The first turn warms the programs up, and does not count.
        for (int round = 0; round <= rounds; round++) {
            Measurement byClock = timestamps("Hybrid");
            Measurement byService = timestamps("Service");
            String away = database.followers().getFirst();
            Measurement without;
            try {
                database.isolate(away, true);
                without = timestamps("Service");
            } finally {
                database.isolate(away, false);
            }
            if (round > 0) {
                hybrid.add(byClock);
                all.add(byService);
                oneAway.add(without);
            }
        }
        database.timestampMode("Hybrid");
        List<Gain> gains = new ArrayList<>(against(hybrid, all, "all servers up"));
        gains.addAll(against(hybrid, oneAway, "one server away"));
        return gains;
    }

    private Measurement timestamps(String mode) throws LoadException, InterruptedException {
        database.timestampMode(mode);
        return new ClosedLoop(
                        new TimestampTarget("timestamps", database.bench().routerAddress(), mode),
                        Workload.inserts(Table.students(), 1),
                        new Population(),
                        TIMESTAMP_CLIENTS)
                .run(WARM_UP_SECONDS, seconds, seed++);
    }

    private List<Gain> against(Figures hybrid, Figures service, String how) {
        String what = "timestamps, Hybrid against Service, " + how + ": ";
        String note = "the price of an order between all who ask";
        return List.of(
                noted(Gain.of(what + "rate", "1/s", hybrid.rates, service.rates, false, note)),
                noted(Gain.of(what + "p50", MILLIS, hybrid.latencies, service.latencies, true, note)));
    }
}

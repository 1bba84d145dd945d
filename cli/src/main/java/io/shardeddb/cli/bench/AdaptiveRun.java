package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.compare.Gain;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.http.TimestampTarget;
import io.shardeddb.bench.load.ClosedLoop;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Measurement;
import io.shardeddb.bench.workload.Population;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** The four measurements of what adapting brings, one after the other on one database. */
final class AdaptiveRun {

    private static final int CLIENTS = 8;
    private static final long SLOW_MILLIS = 60;
    private static final long SLOW_LEADER_MILLIS = 200;
    private static final double WARM_UP_SECONDS = 1;
    private static final long LEAVING_SECONDS = 90;
    private static final String MILLIS = "ms";

    private final Hands database;
    private final int rounds;
    private final double seconds;
    private final Consumer<String> progress;
    private final Contender contender;
    private long seed = 1;

    /** @param seconds of each round */
    AdaptiveRun(Hands database, int rounds, double seconds, Consumer<String> progress) {
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
        private final List<Double> latencies = new ArrayList<>();
        private final List<Double> rates = new ArrayList<>();

        void add(Measurement measured) {
            latencies.add(measured.millisAt(50));
            rates.add(measured.operationsPerSecond());
        }
    }

    /** (a) Two tolerated faults, which is the majority of five, against one. */
    List<Gain> quorums() throws LoadException, InterruptedException {
        List<Gain> gains = new ArrayList<>();
        progress.accept("warming up");
        inserts();
        inserts();
        for (int slow = 1; slow <= 3; slow++) {
            Figures two = new Figures();
            Figures one = new Figures();
            List<String> slowed = database.followers().subList(0, slow);
            database.prefer(database.leader());
            for (String server : slowed) {
                database.delay(server, SLOW_MILLIS);
            }
            for (int round = 0; round < rounds; round++) {
                database.faultTolerance(2);
                two.add(inserts());
                database.faultTolerance(1);
                one.add(inserts());
            }
            release(slowed);
            String what = "t = 1 against t = 2, " + slow + " of 5 slow by " + SLOW_MILLIS + " ms: ";
            String note = slow == 3 ? null : "three quick ones are a majority of five";
            gains.add(noted(Gain.of(what + "p50", MILLIS, two.latencies, one.latencies, true, note)));
            gains.add(noted(Gain.of(what + "inserts", "1/s", two.rates, one.rates, false, note)));
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

    /** (b) A leader that becomes slow: fixed, and free to go. */
    List<Gain> slowLeader() throws LoadException, InterruptedException {
        Figures fixed = new Figures();
        Figures free = new Figures();
        List<Double> leaving = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            String leader = database.leader();
            database.prefer(leader);
            database.delay(leader, SLOW_LEADER_MILLIS);
            fixed.add(inserts());
            long begun = System.nanoTime();
            database.prefer(null);
            while (database.leader().equals(leader) && System.nanoTime() - begun < LEAVING_SECONDS * 1_000_000_000L) {
                // Only a leader that has something to do is known to be slow.
                contender.loop(Workload.inserts(Table.students(), 1), 1).run(0, 1, seed++);
            }
            leaving.add((System.nanoTime() - begun) / 1e9);
            progress.accept(String.format(Locale.ROOT, "left after %.1f s", leaving.getLast()));
            free.add(inserts());
            database.delay(leader, 0);
        }
        String what = "leader slow by " + SLOW_LEADER_MILLIS + " ms, fixed against free: ";
        String note = String.format(
                Locale.ROOT,
                "left after %.1f to %.1f s",
                leaving.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                leaving.stream().mapToDouble(Double::doubleValue).max().orElse(0));
        return List.of(
                noted(Gain.of(what + "p50", MILLIS, fixed.latencies, free.latencies, true, note)),
                noted(Gain.of(what + "inserts", "1/s", fixed.rates, free.rates, false, note)));
    }

    /** (c) How often a slow follower wins when the leader is killed: unranked, and ranked. */
    List<Gain> killedLeader(int turns) throws InterruptedException {
        List<Double> unranked = new ArrayList<>();
        List<Double> ranked = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            unranked.add(othersWin(false));
            ranked.add(othersWin(true));
        }
        String note = turns + " times each: every follower of the killed leader is the slow one once";
        return List.of(noted(Gain.of(
                "leader killed, one follower slow by " + SLOW_MILLIS + " ms: another one wins",
                "%",
                unranked,
                ranked,
                false,
                note)));
    }

    /**
     * Kills the leader as often as there are followers. Each time another place in the order in which followers notice and stand belongs
     * to the slow one: by chance it would win once.
     */
    private double othersWin(boolean ranked) throws InterruptedException {
        int places = database.followersAsTheyStand().size();
        int others = 0;
        for (int place = 0; place < places; place++) {
            String leader = database.leader();
            String slow = database.followersAsTheyStand().get(place);
            database.prefer(ranked ? null : leader);
            database.delay(slow, SLOW_MILLIS);
            database.awaitRank(slow, ranked);
            long starts = database.killLeader(leader);
            String next = database.leaderOtherThan(leader);
            progress.accept("killed " + leader + ", " + slow + " is slow" + (ranked ? " and ranked" : "") + ", " + next
                    + " leads");
            others += next.equals(slow) ? 0 : 1;
            release(List.of(slow));
            database.awaitReturn(leader, starts);
        }
        return 100.0 * others / places;
    }

    /** (d) Hybrid timestamps against the service's, with all servers and with one away. They take turns, or the later one would be quicker. */
    List<Gain> timestamps() throws LoadException, InterruptedException {
        Figures hybrid = new Figures();
        Figures all = new Figures();
        Figures oneAway = new Figures();
        // The first turn warms the programs up, and does not count.
        for (int round = 0; round <= rounds; round++) {
            Measurement byClock = timestamps("Hybrid");
            Measurement byService = timestamps("Service");
            String away = database.followers().getFirst();
            database.isolate(away, true);
            Measurement without = timestamps("Service");
            database.isolate(away, false);
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
                        CLIENTS)
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

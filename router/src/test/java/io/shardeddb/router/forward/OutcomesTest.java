package io.shardeddb.router.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever happens: what is answered as if nothing had changed has changed nothing, and what is acknowledged is there.
 * The number of seeds is {@code outcomes.seeds}, the first is {@code outcomes.first}.
 */
class OutcomesTest {

    private static final int AT_ONCE = 12;
    private static final long SEEDS = Long.getLong("outcomes.seeds", 24);
    private static final long FIRST = Long.getLong("outcomes.first", 0);
    private static final long MOST_SEEDS_TO_NOTICE = 600;

    /** Runs seeds until one fails or all have run; returns what was wrong, by seed. */
    private static Map<Long, String> run(OutcomeWorld.Variant variant, long first, long seeds)
            throws InterruptedException {
        Map<Long, String> wrong = new ConcurrentHashMap<>();
        AtomicLong next = new AtomicLong(first);
        try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < AT_ONCE; i++) {
                workers.execute(() -> {
                    try (FakeCluster cluster = FakeCluster.students(2)) {
                        for (long seed = next.getAndIncrement();
                                seed < first + seeds && wrong.isEmpty();
                                seed = next.getAndIncrement()) {
                            String found = runOne(cluster, seed, variant);
                            if (found != null) {
                                wrong.put(seed, found);
                            }
                        }
                    } catch (RuntimeException e) {
                        StringWriter trace = new StringWriter();
                        e.printStackTrace(new PrintWriter(trace));
                        wrong.put(-1L, "the test itself failed: " + trace);
                    }
                });
            }
            workers.shutdown();
            assertThat(workers.awaitTermination(1, TimeUnit.HOURS)).isTrue();
        }
        return new TreeMap<>(wrong);
    }

    private static @Nullable String runOne(FakeCluster cluster, long seed, OutcomeWorld.Variant variant) {
        try (OutcomeWorld world = new OutcomeWorld(cluster, seed, variant)) {
            return world.run();
        }
    }

    @Test
    void whatIsSaidToHaveChangedNothingChangedNothing() throws InterruptedException {
        assertThat(run(OutcomeWorld.Variant.SOUND, FIRST, SEEDS))
                .as("by seed; again with -Doutcomes.first=SEED -Doutcomes.seeds=1")
                .isEmpty();
    }

    /** From a seed on that mostly notices it: which one does depends on the machine's speed too. */
    @ParameterizedTest
    @CsvSource({
        "TRUNCATED_TOLD_AS_REFUSED, 24",
        "HASH_OVER_COLUMNS, 66",
        "MAY_HAVE_RUN_FORGOTTEN_ON_REPLANNING, 14",
        "NEW_ID_THOUGH_IT_MAY_HAVE_RUN, 1"
    })
    void noticesWhoBreaksTheRules(OutcomeWorld.Variant variant, long first) throws InterruptedException {
        assertThat(run(variant, first, MOST_SEEDS_TO_NOTICE))
                .isNotEmpty()
                .doesNotContainKey(-1L)
                .allSatisfy((seed, found) -> assertThat(found).contains("is there, and was answered"));
    }
}

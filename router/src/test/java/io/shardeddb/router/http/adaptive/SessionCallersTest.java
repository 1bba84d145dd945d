package io.shardeddb.router.http.adaptive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionCallersTest {

    private static final long STEP = 16;

    private long now;
    private final List<Begun> begun = new ArrayList<>();
    private final SessionCallers callers = new SessionCallers(
            count -> {
                Begun session = new Begun(count, new CompletableFuture<>());
                begun.add(session);
                return session.end();
            },
            () -> now);

    private record Begun(int count, CompletableFuture<SessionCallers.Run> end) {
        void gives(long first) {
            end.complete(new SessionCallers.Run(first, STEP));
        }
    }

    @Test
    void servesWhoeverCameDuringASessionWithTheNextOneTogether() {
        CompletableFuture<Long> first = callers.next();
        CompletableFuture<Long> second = callers.next();
        CompletableFuture<Long> third = callers.next();
        assertThat(begun).extracting(Begun::count).containsExactly(1);

        begun.getFirst().gives(160);

        assertThat(first).isCompletedWithValue(160L);
        assertThat(second).isNotDone();
        assertThat(begun).extracting(Begun::count).containsExactly(1, 2);
        begun.getLast().gives(480);
        assertThat(second).isCompletedWithValue(480L);
        assertThat(third).isCompletedWithValue(496L);
        assertThat(begun).hasSize(2);
    }

    @Test
    void beginsTheNextSessionWhileOneIsHeldUp() {
        var _ = callers.next();
        now += SessionCallers.HELD_UP_NANOS;
        var _ = callers.next();
        assertThat(begun).hasSize(1);
        now++;
        var _ = callers.next();
        assertThat(begun).extracting(Begun::count).containsExactly(1, 2);
        for (int i = 0; i < 5; i++) {
            now += 2 * SessionCallers.HELD_UP_NANOS;
            var _ = callers.next();
        }
        assertThat(begun).as("sessions that are all held up").hasSize(4);
    }

    @Test
    void failsThoseOfAFailedSessionAlone() {
        CompletableFuture<Long> first = callers.next();
        CompletableFuture<Long> second = callers.next();
        begun.getFirst().end().completeExceptionally(new IllegalStateException("nobody answers"));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isNotDone();
        begun.getLast().gives(32);
        assertThat(second).isCompletedWithValue(32L);
    }

    @Test
    void leavesWhoIsTooManyForTheNextSession() {
        var _ = callers.next();
        for (int i = 0; i < SessionCallers.MOST + 3; i++) {
            var _ = callers.next();
        }
        begun.getFirst().gives(16);
        begun.getLast().gives(32);
        assertThat(begun).extracting(Begun::count).containsExactly(1, SessionCallers.MOST, 3);
    }

    /** The service as it may be at worst: a session's run is fixed anywhere between its begin and its end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyTimestampExceedsAllThatWereKnownWhenItsCallerCame(long seed) {
        Random random = new Random(seed);
        List<long[]> fixed = new ArrayList<>();
        Set<Long> given = new HashSet<>();
        long[] clock = {0};
        long[] greatest = {0};
        int[] ended = {0};
        for (int step = 0; step < 2_000; step++) {
            now += random.nextInt(2) * SessionCallers.HELD_UP_NANOS;
            switch (random.nextInt(3)) {
                case 0 -> {
                    long floor = greatest[0];
                    var _ = callers.next().thenAccept(timestamp -> {
                        assertThat(timestamp).isGreaterThan(floor);
                        assertThat(given.add(timestamp)).as("given once").isTrue();
                        greatest[0] = Math.max(greatest[0], timestamp);
                        ended[0]++;
                    });
                }
                case 1 -> {
                    if (fixed.size() < begun.size()) {
                        Begun session = begun.get(fixed.size());
                        fixed.add(new long[] {clock[0] + STEP});
                        clock[0] += STEP * session.count();
                    }
                }
                default -> {
                    // Sessions may end in another order than they began.
                    int which = fixed.isEmpty() ? -1 : fixed.size() - 1 - random.nextInt(Math.min(3, fixed.size()));
                    if (which >= 0) {
                        begun.get(which).gives(fixed.get(which)[0]);
                    }
                }
            }
        }
        assertThat(ended[0]).isGreaterThan(100);
    }
}

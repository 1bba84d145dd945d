package io.shardeddb.cli.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WaiterTest {

    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void asksUntilTheValueIsThere() throws InterruptedException {
        Waiter waiter = Waiter.of(Duration.ofMinutes(1), 1);

        Optional<Integer> answer =
                waiter.first(() -> Optional.of(asked.incrementAndGet()).filter(times -> times == 3));

        assertThat(answer).hasValue(3);
        assertThat(asked).hasValue(3);
    }

    @Test
    void asksOnceWithoutABound() throws InterruptedException {
        assertThat(Waiter.of(Duration.ZERO, 1_000).until(() -> asked.incrementAndGet() > 1))
                .isFalse();
        assertThat(asked).hasValue(1);
    }

    @Test
    void endsAtItsBound() throws InterruptedException {
        long start = System.nanoTime();

        assertThat(Waiter.of(Duration.ofMillis(20), 1).until(() -> false)).isFalse();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }

    @Test
    void endsWithTheQuestionsFailure() {
        assertThatThrownBy(() -> Waiter.of(Duration.ofMinutes(1), 1).until(() -> {
                    throw new IllegalStateException("refused");
                }))
                .hasMessage("refused");
    }
}

package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DelayModelTest {
    private DelayModel model = DelayModel.UNTAUGHT;
    private final Random random = new Random(5);
    private Instant now = Instant.ofEpochSecond(1_000);

    private DelayModel.Features some() {
        return new DelayModel.Features(random.nextDouble(), 10 * random.nextDouble(), 50 * random.nextDouble(), 0);
    }

    private void observe(String server, DelayModel.Features seen, double millis, Instant at) {
        model = model.observed(List.of(new DelayModel.Delay(server, seen, millis)), at);
    }

    private static double truth(DelayModel.Features seen) {
        return 2 + 20 * seen.cpu() + seen.forceMillis() + 1.2 * seen.ownRoundTripMillis();
    }

    private void train(int observations, String... leaders) {
        for (int i = 0; i < observations; i++) {
            DelayModel.Features seen = some();
            now = now.plusSeconds(1);
            observe(leaders[i % leaders.length], seen, truth(seen) + random.nextGaussian(), now);
        }
    }

    @Test
    void saysNothingWithoutData() {
        assertThat(model.predicted("a", some(), now)).isEmpty();
        assertThat(model.predicted("a", null, now)).isEmpty();
        train(19, "b", "c");
        assertThat(model.predicted("a", some(), now)).isEmpty();
    }

    @Test
    void predictsWhoNeverLedFromWhatIsSeen() {
        train(200, "b", "c");
        for (int i = 0; i < 20; i++) {
            DelayModel.Features seen = some();
            assertThat(model.predicted("a", seen, now).orElseThrow()).isCloseTo(truth(seen), within(2.0));
        }
    }

    @Test
    void expectsRoundTripsOfWhoIsFarThoughNoLeaderWas() {
        for (int i = 0; i < 500; i++) {
            now = now.plusSeconds(1);
            DelayModel.Features near = new DelayModel.Features(0.2 + 0.1 * random.nextDouble(), 1, 0, 0);
            observe(i % 2 == 0 ? "b" : "c", near, 3 + random.nextDouble(), now);
        }

        assertThat(model.predicted("a", new DelayModel.Features(0.2, 1, 60, 0), now)
                        .orElseThrow())
                .isGreaterThan(50);
        // Also of one that led while it was near.
        assertThat(model.predicted("b", new DelayModel.Features(0.2, 1, 60, 0), now)
                        .orElseThrow())
                .isGreaterThan(50);
    }

    @Test
    void trustsASingleLeaderForItselfOnly() {
        train(200, "b");
        assertThat(model.predicted("a", some(), now)).isEmpty();
        assertThat(model.predicted("b", some(), now)).isPresent();
    }

    @Test
    void learnsWhatAServersOwnTermsDifferFromTheLine() {
        train(200, "b", "c");
        DelayModel.Features seen = new DelayModel.Features(0.5, 5, 10, 0);
        double line = model.predicted("a", seen, now).orElseThrow();
        for (int i = 0; i < 10; i++) {
            observe("a", seen, truth(seen) + 30, now);
        }
        assertThat(model.predicted("a", seen, now).orElseThrow()).isGreaterThan(line + 20);
        assertThat(model.ownTerms("a", now).orElseThrow()).isCloseTo(truth(seen) + 30, within(3.0));
        now = now.plusSeconds(700);
        assertThat(model.ownTerms("a", now)).isEmpty();
    }

    @Test
    void learnsOnlyItsDelayFromALeaderThatIsLate() {
        train(200, "b", "c");
        DelayModel.Features late = new DelayModel.Features(0.5, 5, 10, 80);
        DelayModel.Features recovered = new DelayModel.Features(0.5, 5, 10, 0);
        for (int i = 0; i < 40; i++) {
            observe("a", late, truth(late) + 80 + 30, now);
        }
        assertThat(model.ownTerms("a", now).orElseThrow()).isCloseTo(truth(late) + 110, within(3.0));
        assertThat(model.predicted("a", late, now).orElseThrow()).isCloseTo(truth(late) + 80, within(3.0));
        assertThat(model.predicted("a", recovered, now).orElseThrow())
                .as("as any other")
                .isCloseTo(truth(recovered), within(3.0));
    }

    @Test
    void followsAChangeAndStaysFiniteWhereNothingNewComes() {
        train(200, "b", "c");
        DelayModel.Features same = new DelayModel.Features(0.3, 3, 3, 0);
        for (int i = 0; i < 20_000; i++) {
            observe(i % 2 == 0 ? "b" : "c", same, 80, now);
        }
        assertThat(model.predicted("a", same, now).orElseThrow()).isCloseTo(80, within(2.0));
        for (int i = 0; i < 100; i++) {
            assertThat(model.predicted("a", some(), now).orElseThrow()).isFinite();
        }
    }
}

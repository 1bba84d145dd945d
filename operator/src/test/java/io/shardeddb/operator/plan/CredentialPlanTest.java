package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.credential.Credential;
import io.shardeddb.protocol.credential.DatabaseSecret;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CredentialPlanTest {
    private static final List<String> NOBODY = List.of();

    private final DatabaseSecret one = DatabaseSecret.random(new SecureRandom());
    private final DatabaseSecret two = DatabaseSecret.random(new SecureRandom());

    private Optional<Credential> next(Credential stored, String asked, List<String> behind) {
        return CredentialPlan.next(stored, asked, behind, () -> two);
    }

    @Test
    void aNewDatabaseRequiresItsSecretFromTheStart() {
        Credential first = CredentialPlan.first(one, false);
        assertThat(first.required()).isTrue();
        assertThat(CredentialPlan.isPending(first, "")).isFalse();
        assertThat(next(first, "", NOBODY)).isEmpty();
        assertThat(CredentialPlan.words(first, "", NOBODY)).isEqualTo("Required");
    }

    @Test
    void anOlderDatabaseRequiresItOnceAllProcessesHaveIt() {
        Credential first = CredentialPlan.first(one, true);
        assertThat(first.required()).isFalse();
        assertThat(next(first, "", List.of("server s1"))).isEmpty();
        assertThat(CredentialPlan.words(first, "", List.of("server s1", "router r")))
                .isEqualTo("Accepting: waits for server s1, router r");
        assertThat(next(first, "", NOBODY)).contains(Credential.of(one, true));
    }

    @Test
    void anotherSecretIsAcceptedByAllBeforeAnybodyShowsIt_andTheOldOneAsLongAsAnybodyDoes() {
        List<Credential> steps = new ArrayList<>(List.of(Credential.of(one, true)));
        for (Optional<Credential> next = next(steps.getLast(), "today", NOBODY);
                next.isPresent();
                next = next(steps.getLast(), "today", NOBODY)) {
            steps.add(next.get());
            assertThat(steps).as("it ends").hasSizeLessThan(10);
        }
        assertThat(steps)
                .containsExactly(
                        Credential.of(one, true),
                        new Credential(one, List.of(one, two), true, "today"),
                        new Credential(two, List.of(one, two), true, "today"),
                        new Credential(two, List.of(two), true, "today"));
        for (int i = 1; i < steps.size(); i++) {
            Credential before = steps.get(i - 1);
            Credential after = steps.get(i);
            assertThat(before.accepted()).as("who is ahead is let in").contains(after.shown());
            assertThat(after.accepted()).as("who is behind is let in").contains(before.shown());
        }
        for (Credential step : steps.subList(0, 3)) {
            assertThat(next(step, "today", List.of("router r"))).isEmpty();
            assertThat(CredentialPlan.words(step, "today", List.of("router r")))
                    .isEqualTo("Rotating: waits for router r");
        }
    }

    @Test
    void aChangeThatWasCarriedOutIsNotMadeAgain() {
        Credential done = new Credential(two, List.of(two), true, "today");
        assertThat(CredentialPlan.isPending(done, "today")).isFalse();
        assertThat(CredentialPlan.isPending(done, ""))
                .as("the annotation was removed")
                .isFalse();
        assertThat(CredentialPlan.isPending(done, "tomorrow")).isTrue();
    }

    @Test
    void aDatabaseThatIsBeingChangedOverRequiresItsSecretBeforeItGetsAnotherOne() {
        assertThat(next(Credential.of(one, false), "today", NOBODY)).contains(Credential.of(one, true));
    }

    @Test
    void aSecondWishWaitsUntilTheFirstOneIsCarriedOut() {
        Credential half = new Credential(one, List.of(one, two), true, "today");
        assertThat(next(half, "tomorrow", NOBODY)).contains(new Credential(two, List.of(one, two), true, "today"));
    }
}

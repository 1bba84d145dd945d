package io.shardeddb.protocol.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final DatabaseSecret one = DatabaseSecret.random(RANDOM);
    private final DatabaseSecret two = DatabaseSecret.random(RANDOM);
    private final DatabaseSecret three = DatabaseSecret.random(RANDOM);

    private static Presented of(DatabaseSecret secret) {
        return BearerToken.presented(BearerToken.of(secret));
    }

    @Test
    void saysNothingOfTheSecret() {
        Credential credential = new Credential(one, List.of(one, two), true, "first");
        assertThat(credential.toString()).doesNotContain(one.text()).doesNotContain(two.text());
        assertThat(credential.fingerprint()).hasSize(16).isNotEqualTo(one.text().substring(0, 16));
        assertThatThrownBy(() -> DatabaseSecret.parse("ABCD" + one.text().substring(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(one.text().substring(4));
    }

    @Test
    void isReadAsItWasWritten() {
        Credential credential = new Credential(two, List.of(one, two), false, "2026-11-22 by hand");
        assertThat(Credential.parse(credential.text())).isEqualTo(credential);
        assertThat(Credential.parse(credential.text() + "later=unknown\n")).isEqualTo(credential);
        assertThat(Credential.parse(credential.text()).fingerprint()).isEqualTo(credential.fingerprint());
    }

    @Test
    void isRefusedWhenItIsNotWhole() {
        String text = Credential.of(one, true).text();
        assertThatThrownBy(() -> Credential.parse("")).hasMessageContaining("required");
        assertThatThrownBy(() -> Credential.parse(text.replace("required=true", "required=yes")))
                .hasMessageContaining("true or false");
        assertThatThrownBy(() -> Credential.parse(text.replace("accept=" + one.text(), "accept=" + two.text())))
                .hasMessageContaining("among them");
        assertThatThrownBy(() -> new Credential(one, List.of(one, two, three), true, ""))
                .hasMessageContaining("one or two");
    }

    @Test
    void welcomesWhoShowsAnAcceptedSecret() {
        Credential required = new Credential(one, List.of(one, two), true, "");
        assertThat(required.refusal(of(one))).isNull();
        assertThat(required.refusal(of(two))).isNull();
        assertThat(required.refusal(of(three))).isNotNull();
        assertThat(required.refusal(Presented.secret(one.text().substring(1)))).isNotNull();
        assertThat(required.refusal(Presented.secret(""))).isNotNull();
        assertThat(required.refusal(BearerToken.presented(null))).isNotNull();
        assertThat(required.refusal(BearerToken.presented("Basic " + one.text())))
                .isNotNull();
    }

    @Test
    void letsInWhoShowsNothingOnlyWhileItIsNotRequired_andNeverAWrongSecret() {
        Credential open = Credential.of(one, false);
        assertThat(open.refusal(Presented.secret(null))).isNull();
        assertThat(open.refusal(of(one))).isNull();
        assertThat(open.refusal(of(two))).isNotNull();
    }

    @Test
    void theFileIsReadAgain_andTheLastGoodOneStays(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("credential");
        assertThatThrownBy(() -> CredentialFile.open(file)).isInstanceOf(IOException.class);
        Files.writeString(file, Credential.of(one, true).text());
        try (CredentialFile open = CredentialFile.open(file, Duration.ofMillis(10))) {
            assertThat(open.refusal(of(one))).isNull();
            assertThat(open.refusal(of(two))).contains("not the one of this database");
            assertThat(open.refusal(Presented.secret(null))).contains("required");
            Files.writeString(file, Credential.of(two, true).text());
            await(() -> open.shown().equals(two));
            assertThat(open.refusal(of(one))).isNotNull();
            Files.writeString(file, "");
            Files.delete(file);
            Files.writeString(file, Credential.of(three, true).text());
            await(() -> open.shown().equals(three));
            assertThat(open.refusal(Presented.secret(null))).isNotNull();
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}

package io.shardeddb.router.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shardeddb.crds.Administration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the environment tells the router. */
final class RouterSettingsTest {

    private static RouterSettings with(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of("POD_NAMESPACE", "shops", "DATABASE_NAME", "shop"));
        environment.putAll(more);
        return RouterSettings.of(environment);
    }

    @Test
    void onlyTheDatabaseMustBeNamed() {
        RouterSettings settings = with(Map.of());

        assertThat(settings.namespace()).isEqualTo("shops");
        assertThat(settings.database()).isEqualTo("shop");
        assertThat(settings.writeTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.readTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.clusterTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.administration()).isEqualTo(Administration.Token);
        assertThat(settings.credentialFile()).isNull();
    }

    @Test
    void aMissingNameIsNamed() {
        for (String name : new String[] {"POD_NAMESPACE", "DATABASE_NAME"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with(Map.of(name, " ")))
                    .withMessage("the environment variable " + name + " is not set");
        }
    }

    @Test
    void timesAreMilliseconds() {
        assertThat(with(Map.of("WRITE_TIMEOUT_MILLIS", " 250 ")).writeTimeout()).isEqualTo(Duration.ofMillis(250));
        for (String wrong : new String[] {"-1", "2s"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with(Map.of("READ_TIMEOUT_MILLIS", wrong)))
                    .withMessageContaining("READ_TIMEOUT_MILLIS")
                    .withMessageContaining(wrong);
        }
    }

    @Test
    void anUnknownModeIsRefusedWithWhatIsAllowed() {
        assertThat(with(Map.of("ADMINISTRATION", "Off")).administration()).isEqualTo(Administration.Off);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(Map.of("ADMINISTRATION", "off")))
                .withMessageContaining("'off'")
                .withMessageContaining("[Open, Token, Off]");
    }

    @Test
    void aCredentialIsAFile() {
        assertThat(with(Map.of("CREDENTIAL_FILE", "/secret ")).credentialFile()).isEqualTo(Path.of("/secret"));
    }
}

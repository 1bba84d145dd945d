package io.shardeddb.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shardeddb.crds.Administration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the environment tells the operator. */
final class OperatorSettingsTest {

    @Test
    void everySettingHasADefault() {
        OperatorSettings settings = OperatorSettings.of(Map.of());

        assertThat(settings.namespaces()).as("all are watched").isEmpty();
        assertThat(settings.monitoringNamespaces()).isEmpty();
        assertThat(settings.serverEnvironment()).isEmpty();
        assertThat(settings.leaderElection()).isFalse();
        assertThat(settings.namespace()).isEqualTo("default");
        assertThat(settings.administration()).isEqualTo(Administration.Token);
    }

    @Test
    void namespacesAreSeparatedByCommas() {
        assertThat(OperatorSettings.of(Map.of("WATCH_NAMESPACE", " a , b")).namespaces())
                .containsExactly("a", "b");
        assertThat(OperatorSettings.of(Map.of("WATCH_NAMESPACE", " ")).namespaces())
                .isEmpty();
    }

    @Test
    void variablesForServersLoseTheirPrefix() {
        assertThat(OperatorSettings.of(Map.of("SERVER_ENV_JAVA_OPTS", "-Xmx1g", "OTHER", "x"))
                        .serverEnvironment())
                .isEqualTo(Map.of("JAVA_OPTS", "-Xmx1g"));
    }

    @Test
    void anUnknownModeIsRefusedWithWhatIsAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OperatorSettings.of(Map.of("ADMINISTRATION", "open")))
                .withMessageContaining("ADMINISTRATION is 'open'")
                .withMessageContaining("[Open, Token, Off]");
    }
}

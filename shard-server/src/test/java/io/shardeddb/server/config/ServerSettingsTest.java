package io.shardeddb.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the environment tells a shard server. */
final class ServerSettingsTest {

    private static ServerSettings with(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(
                Map.of("DATABASE_NAME", "shop", "SERVER_NAME", "Server0", "ADVERTISED_ADDRESS", "host:7000"));
        environment.putAll(more);
        return ServerSettings.of(environment);
    }

    @Test
    void onlyThreeSettingsMustBeGiven() {
        ServerSettings settings = with(Map.of());

        assertThat(settings.bindAddress()).as("listens everywhere").isNull();
        assertThat(settings.grpcPort()).isEqualTo(7000);
        assertThat(settings.httpPort()).isEqualTo(5000);
        assertThat(settings.namespace()).isEqualTo("default");
        assertThat(settings.dataDirectory()).isEqualTo(Path.of("/var/lib/shardeddb"));
        assertThat(settings.mysql().host()).isEqualTo("127.0.0.1");
        assertThat(settings.logCapacityBytes()).isEqualTo(1L << 30);
        assertThat(settings.faultSwitches()).isFalse();
        assertThat(settings.credentialFile()).isNull();
    }

    @Test
    void thePodsAddressIsThatOfItsDatabaseToo() {
        ServerSettings settings = with(Map.of("POD_IP", "10.0.0.7"));

        assertThat(settings.bindAddress()).isEqualTo("10.0.0.7");
        assertThat(settings.mysql().host()).isEqualTo("10.0.0.7");
        assertThat(with(Map.of("POD_IP", "10.0.0.7", "MYSQL_HOST", "db"))
                        .mysql()
                        .host())
                .isEqualTo("db");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DATABASE_NAME", "SERVER_NAME", "ADVERTISED_ADDRESS"})
    void aMissingSettingIsNamed(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(Map.of(name, " ")))
                .withMessage("the environment variable " + name + " is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "ADVERTISED_ADDRESS, host, host:port",
        "ADVERTISED_ADDRESS, host:port, host:port",
        "GRPC_PORT, 65536, 0 to 65535",
        "HTTP_PORT, -1, 0 to 65535",
        "MYSQL_PORT, x, not a whole number",
        "LOG_CAPACITY_BYTES, 1048575, at least 1048576",
        "FAULT_SWITCHES, yes, true and false",
    })
    void aWrongValueIsRefusedWithWhatIsAllowed(String name, String value, String allowed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(Map.of(name, value)))
                .withMessageContaining(name)
                .withMessageContaining(value)
                .withMessageContaining(allowed);
    }
}

package io.shardeddb.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.server.log.LogSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {
    private final Map<String, String> environment = new HashMap<>(Map.of(
            "DATABASE_NAME", "students",
            "SERVER_NAME", "Server[5]",
            "ADVERTISED_ADDRESS", "students-server5-0.students-servers.default.svc.cluster.local:7000"));

    private void refuses(String variable, String value, String... words) {
        environment.put(variable, value);
        assertThatThrownBy(() -> ServerSettings.of(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(variable)
                .hasMessageContainingAll(words);
    }

    @Test
    void fillsInWhatIsNotSaid() {
        ServerSettings settings = ServerSettings.of(environment);
        assertThat(settings.bindAddress()).isNull();
        assertThat(settings.grpcPort()).isEqualTo(7000);
        assertThat(settings.httpPort()).isEqualTo(5000);
        assertThat(settings.server()).isEqualTo("Server[5]");
        assertThat(settings.namespace()).isEqualTo("default");
        assertThat(settings.dataDirectory()).isEqualTo(Path.of("/var/lib/shardeddb"));
        assertThat(settings.mysql().host()).isEqualTo("127.0.0.1");
        assertThat(settings.mysql().port()).isEqualTo(3306);
        assertThat(settings.faultSwitches()).isFalse();
    }

    @Test
    void looksForTheDatabaseAtThePodsOwnAddress() {
        environment.put("POD_IP", "127.0.1.7");
        assertThat(ServerSettings.of(environment).mysql().host()).isEqualTo("127.0.1.7");
        environment.put("MYSQL_HOST", "db");
        assertThat(ServerSettings.of(environment).mysql().host()).isEqualTo("db");
        assertThat(ServerSettings.of(environment).bindAddress()).isEqualTo("127.0.1.7");
    }

    @Test
    void takesAnEmptyAddressForNone() {
        environment.put("POD_IP", " ");
        assertThat(ServerSettings.of(environment).bindAddress()).isNull();
    }

    @Test
    void namesTheVariableThatIsMissing() {
        environment.remove("SERVER_NAME");
        assertThatThrownBy(() -> ServerSettings.of(environment)).hasMessageContaining("SERVER_NAME");
        refuses("SERVER_NAME", " ", "missing");
    }

    @Test
    void refusesAnAddressWithoutPort() {
        refuses("ADVERTISED_ADDRESS", "server-0", "host:port");
        refuses("ADVERTISED_ADDRESS", ":7000", "host:port");
        refuses("ADVERTISED_ADDRESS", "server-0:x", "host:port");
    }

    @Test
    void refusesPortsOutOfRange() {
        refuses("HTTP_PORT", "65536", "0 to 65535");
        environment.remove("HTTP_PORT");
        refuses("MYSQL_PORT", "-1", "0 to 65535");
        environment.remove("MYSQL_PORT");
        refuses("GRPC_PORT", "seven", "not a whole number");
    }

    @Test
    void refusesALogThatIsTooSmall() {
        refuses("LOG_CAPACITY_BYTES", Long.toString(LogSettings.MIN_CAPACITY_BYTES - 1), "at least");
        environment.put("LOG_CAPACITY_BYTES", Long.toString(LogSettings.MIN_CAPACITY_BYTES));
        assertThat(ServerSettings.of(environment).logCapacityBytes()).isEqualTo(LogSettings.MIN_CAPACITY_BYTES);
    }

    @Test
    void takesOnlyTrueOrFalseForASwitch() {
        refuses("FAULT_SWITCHES", "yes", "true and false");
        environment.put("FAULT_SWITCHES", "true");
        assertThat(ServerSettings.of(environment).faultSwitches()).isTrue();
    }
}

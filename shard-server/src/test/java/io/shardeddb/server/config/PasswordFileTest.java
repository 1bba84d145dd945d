package io.shardeddb.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the password of this server's MySQL comes from. */
final class PasswordFileTest {

    @TempDir
    Path folder;

    private static String password(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(
                Map.of("DATABASE_NAME", "shop", "SERVER_NAME", "Server0", "ADVERTISED_ADDRESS", "host:7000"));
        environment.putAll(more);
        return ServerSettings.of(environment).mysql().password();
    }

    @Test
    void aFileCountsBeforeTheVariableOfAnOlderPod() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "of the file\n");

        assertThat(password(Map.of("MYSQL_PASSWORD_FILE", file.toString(), "MYSQL_PASSWORD", "of the variable")))
                .isEqualTo("of the file");
        assertThat(password(Map.of("MYSQL_PASSWORD", "of the variable"))).isEqualTo("of the variable");
        assertThat(password(Map.of())).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        Path file = folder.resolve("missing");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> password(Map.of("MYSQL_PASSWORD_FILE", file.toString())))
                .withMessageContaining("MYSQL_PASSWORD_FILE")
                .withMessageContaining(file.toString());
    }
}

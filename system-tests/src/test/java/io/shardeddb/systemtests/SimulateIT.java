package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code sdb simulate} starts the simulators' own program and ends as it ends; what that does is tested beside it. */
class SimulateIT {

    /** How it ended, and what it printed. */
    private record Run(int exitCode, String out) {
        static Run of(String... words) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "simulate"));
            command.addAll(List.of(words));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Run(process.waitFor(), out);
        }
    }

    @Test
    void endsAsTheSimulatorsEnd() throws IOException, InterruptedException {
        Run noticed = Run.of("--variant", "ACKNOWLEDGE_BEFORE_DURABLE", "--seeds", "1", "--output", "json");
        assertThat(noticed.exitCode()).as(noticed.out()).isZero();
        assertThat(noticed.out()).contains("\"name\":\"ACKNOWLEDGE_BEFORE_DURABLE\",\"caught\":1,\"of\":1");
        // Without faults nothing shows that it is wrong.
        Run survives = Run.of("--variant", "SAME_ID_ON_AN_EMPTY_DISK", "--seed", "1", "--faults", "none");
        assertThat(survives.exitCode()).as(survives.out()).isEqualTo(1);
        assertThat(survives.out()).contains("no rule was broken");
        Run wrong = Run.of("--seeds", "0");
        assertThat(wrong.exitCode()).as(wrong.out()).isEqualTo(2);
    }
}

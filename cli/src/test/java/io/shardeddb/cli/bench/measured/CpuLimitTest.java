package io.shardeddb.cli.bench.measured;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CpuLimitTest {

    @Test
    void stopsAProcessNowAndThenAndLeavesItRunning() throws IOException {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            try (CpuLimit _ = CpuLimit.of(process.pid(), 40, 20)) {
                for (String state : new String[] {"T", "S", "T", "S"}) {
                    Awaitility.await()
                            .pollInterval(Duration.ofMillis(2))
                            .atMost(Duration.ofSeconds(20))
                            .until(() -> state(process.pid()).equals(state));
                }
            }
            assertThat(state(process.pid())).isEqualTo("S");
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** S for sleeping, T for stopped: the third field, behind the name in brackets. */
    private static String state(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
    }
}

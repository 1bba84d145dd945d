package io.shardeddb.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.simulator.run.Simulators;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same seed gives the same trace, byte for byte, twice and in another JVM. */
class DeterminismTest {
    private static final int SEEDS = 12;

    /** What the other JVM runs: it prints what the traces come to. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) {
            System.out.println(String.join("\n", summaries()));
        }
    }

    @Test
    void theSameSeedGivesTheSameTrace() throws IOException, InterruptedException {
        List<String> here = summaries();
        assertThat(summaries()).isEqualTo(here);
        // Other hashes of objects, another memory layout, and another compiler: nothing of it may be seen.
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UnlockExperimentalVMOptions",
                        "-XX:hashCode=2",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(other.waitFor()).isZero();
        assertThat(answer.lines()).isEqualTo(here);
    }

    /** One line for each simulator, seed, and some of the wrong variants. */
    private static List<String> summaries() {
        List<String> all = new ArrayList<>();
        for (Simulator simulator : Simulators.ALL) {
            for (long seed = 0; seed < SEEDS; seed++) {
                all.add(summary(simulator, Setup.of(seed)));
            }
            for (WrongVariant variant : simulator.variants()) {
                all.add(summary(simulator, Setup.of(variant.pinnedSeed()).with(variant.name())));
            }
        }
        return all;
    }

    private static String summary(Simulator simulator, Setup setup) {
        MessageDigest digest = sha256();
        int[] lines = {0};
        Verdict verdict = simulator.run(setup.with(line -> {
            digest.update(line.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
            lines[0]++;
        }));
        assertThat(lines[0]).as("lines of the trace").isPositive();
        return simulator.name() + " " + setup.seed() + " " + setup.variant() + " " + lines[0] + " "
                + HexFormat.of().formatHex(digest.digest()) + " " + verdict;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.peer.GaleraCluster;
import io.shardeddb.bench.report.Guard;
import io.shardeddb.bench.report.ResultsJson;
import io.shardeddb.cli.Main;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short run beside Galera, whose ratios are compared with the committed ones. What changed is told in
 * {@code target/bench}, together with the run's report, and fails nothing: other work on a machine moves ratios too,
 * and a person has to judge. What does fail is a run that cannot be made. In the profile {@code measurements}; where
 * Galera is not installed there is none.
 */
@EnabledIfSystemProperty(
        named = "measurements",
        matches = "true",
        disabledReason = "a measurement, only with the profile measurements")
final class BenchGuardIT {
    private static final Path REPORT = Path.of("target", "bench").toAbsolutePath();
    private static final Path COMMITTED = Path.of("..", "docs", "performance-guard.json");

    @TempDir
    private Path folder;

    @Test
    void tellsWhichRatiosChanged() throws IOException {
        assumeTrue(GaleraCluster.isInstalled(), "Galera is not installed");

        int code = Main.run(
                "bench",
                "peers",
                "--quick",
                "--only-peers",
                "--home",
                folder.resolve("bench").toString(),
                "--report",
                REPORT.toString());

        assertThat(code).isIn(ExitCode.OK, ExitCode.NEGATIVE);
        List<Result> now = ResultsJson.read(REPORT.resolve("results.json"));
        assertThat(now)
                .hasSize(4)
                .allSatisfy(result -> assertThat(result.ratio()).isPositive());
        List<Result> before = ResultsJson.read(COMMITTED).stream()
                .filter(committed ->
                        now.stream().anyMatch(result -> result.work().equals(committed.work())))
                .toList();
        List<String> changes = Guard.changes(before, now);
        String report = changes.isEmpty()
                ? "no ratio changed by more than 20 %\n"
                : changes.stream().map(change -> "CHANGED " + change + "\n").collect(Collectors.joining());
        Files.writeString(REPORT.resolve("guard.txt"), report);
        System.out.print(report);
    }
}

package io.shardeddb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.exit.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class MainTest {

    @TempDir
    private Path folder;

    @Test
    void everyCommandTeachesWithExamples() {
        CommandLine line = Main.commandLine();
        line.getSubcommands().forEach((name, command) -> {
            if (!name.equals("help")) {
                assertThat(command.getUsageMessage())
                        .as(name)
                        .contains("Examples:")
                        .contains("sdb " + name);
            }
        });
    }

    @Test
    void aWrongOptionIsAUsageError() {
        assertThat(Main.run("status", "--wath")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aMissingClusterIsNamedWithTheWayToStartOne() {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(err, true));
        int exit = line.execute("status", "--home", folder.resolve("none").toString());
        assertThat(exit).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString()).contains("no local cluster runs in").contains("sdb up");
    }

    @Test
    void anUnreadableFileIsNamed() {
        for (List<String> command : List.of(
                List.of("apply", "-f", "missing.yaml"),
                List.of("load", "missing.csv"),
                List.of("up", "missing.yaml"))) {
            assertThat(Main.run(command.toArray(String[]::new)))
                    .as(String.join(" ", command))
                    .isEqualTo(ExitCode.NO_INPUT);
        }
    }
}

package io.shardeddb.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {

    @TempDir
    private Path folder;

    @Test
    void handsEveryWordOn() throws Exception {
        Path target = Files.createDirectories(folder.resolve("simulator").resolve("target"));
        Files.createFile(target.resolve("simulator-0.1.0-SNAPSHOT.jar"));
        List<String> words = List.of("--seeds", "-3", "--help", "--variant", "SOME", "word");
        List<String> command = SimulateCommand.command(new Repository(folder), words);
        assertThat(command.subList(command.size() - words.size(), command.size()))
                .isEqualTo(words);
        assertThat(command).contains("io.shardeddb.simulator.run.Main");
    }

    @Test
    void saysThatItIsNotBuilt() {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> SimulateCommand.command(new Repository(folder), List.of()))
                .withMessageContaining("./sdb build");
    }
}

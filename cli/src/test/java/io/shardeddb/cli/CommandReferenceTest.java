package io.shardeddb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.reference.CommandReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Run it with {@code -Dcommands.write=true} to write the page again. */
final class CommandReferenceTest {

    @Test
    void thePageIsWhatTheCommandsSay() throws IOException {
        Path page = Repository.find().root().resolve("docs/commands.md");
        String made = CommandReference.of(Main.commandLine());
        if (Boolean.getBoolean("commands.write")) {
            Files.writeString(page, made);
        }
        assertThat(page)
                .as("out of date; write it again: mvn test -pl cli -am -Dtest=CommandReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dcommands.write=true")
                .hasContent(made);
    }
}

package io.shardeddb.cli.shell;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Which command some words begin with. Pure.
 *
 * @param command the root if they name none
 * @param length so many words name it
 */
record CommandPath(CommandSpec command, int length) {

    /** Follows the words from the root as far as they name commands. */
    static CommandPath of(List<String> words, CommandSpec root) {
        CommandSpec command = root;
        int length = 0;
        while (length < words.size()) {
            @Nullable CommandLine next = command.subcommands().get(words.get(length));
            if (next == null) {
                break;
            }
            command = next.getCommandSpec();
            length++;
        }
        return new CommandPath(command, length);
    }
}

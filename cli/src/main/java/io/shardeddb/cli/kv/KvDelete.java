package io.shardeddb.cli.kv;

import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RouterClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sdb kv delete}. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Removes a key.",
        footer = {
            "",
            "Examples:",
            "  sdb kv delete sessions user/7",
            "  sdb kv delete sessions user/7 --if-version 117489020928000001",
            "",
            "Exit code 1 when there is no such key, or its version is another."
        },
        exitCodeOnInvalidInput = ExitCode.USAGE)
final class KvDelete extends KeyCommand {

    @Option(names = "--if-version", paramLabel = "VERSION", description = "Only if this is the value's version.")
    @Nullable
    String ifVersion;

    @Override
    public Integer call() throws InterruptedException {
        try (RouterClient router = options.connect()) {
            check(write(router, "DELETE", path(), null, conditions(false, ifVersion)));
        }
        terminal.out().println("1 key deleted");
        terminal.out().flush();
        return ExitCode.OK;
    }
}

package io.shardeddb.cli.rows;

import io.shardeddb.cli.CommandFailure;
import io.shardeddb.cli.ExitCode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sdb delete}. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Deletes one row.",
        footer = {
            "",
            "Examples:",
            "  sdb delete StudT 4097",
            "  sdb delete orders ada 17 -d shop      a key of two columns",
            "",
            "Exit code 1 when there is no such row. To delete a database: sdb remove NAME."
        })
public final class DeleteCommand implements Callable<Integer> {

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table.")
    String table = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY", description = "Value of each key column.")
    List<String> key = List.of();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        TableOptions.Target target = options.target(table);
        try (RouterClient router = new RouterClient(target.endpoint())) {
            if (!options.rows(router, table).delete(key)) {
                throw new CommandFailure(ExitCode.NEGATIVE, "no row " + String.join(" ", key) + " in " + table);
            }
        }
        out.println("1 row deleted");
        out.flush();
        return ExitCode.OK;
    }
}

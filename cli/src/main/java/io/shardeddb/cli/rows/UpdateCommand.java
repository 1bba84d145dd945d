package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.crds.TableSpec;
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

/** {@code sdb update}. */
@Command(
        name = "update",
        mixinStandardHelpOptions = true,
        description = "Sets columns of one row.",
        footer = {
            "",
            "Examples:",
            "  sdb update StudT 4097 Stud_marks=99",
            "  sdb update orders ada 17 total=12.50 -d shop      a key of two columns",
            "",
            "Exit code 1 when there is no such row."
        })
public final class UpdateCommand implements Callable<Integer> {

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(index = "0", paramLabel = "TABLE", description = "The table.")
    String table = "";

    @Parameters(
            index = "1..*",
            arity = "2..*",
            paramLabel = "KEY... COLUMN=VALUE",
            description = "Value of each key column, then the columns to set.")
    List<String> words = List.of();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (RouterClient router = new RouterClient(options.endpoint())) {
            TableSpec known = options.table(router, table);
            int keys = known.primaryKey().size();
            if (words.size() <= keys) {
                throw new CommandFailure(ExitCode.USAGE, "give " + keys + " key value(s), then COLUMN=VALUE");
            }
            List<String> key = words.subList(0, keys);
            ObjectNode columns = TableOptions.row(WriteCommand.columns(words.subList(keys, words.size())), known);
            if (!options.rows(router, table).update(key, columns)) {
                throw new CommandFailure(ExitCode.NEGATIVE, "no row " + String.join(" ", key) + " in " + table);
            }
        }
        out.println("1 row updated");
        out.flush();
        return ExitCode.OK;
    }
}

package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.crds.TableSpec;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
public final class UpdateCommand extends RowCommand {

    @Parameters(
            index = "1..*",
            arity = "2..*",
            paramLabel = "KEY... COLUMN=VALUE",
            description = "Value of each key column, then the columns to set.")
    List<String> words = List.of();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        try (RouterClient router = new RouterClient(options.endpoint())) {
            TableSpec known = options.table(router, table);
            int keys = known.primaryKey().size();
            if (words.size() <= keys) {
                throw new CommandFailure(ExitCode.USAGE, "give " + keys + " key value(s), then COLUMN=VALUE");
            }
            List<String> key = words.subList(0, keys);
            ObjectNode columns = TableOptions.row(WriteCommand.columns(words.subList(keys, words.size())), known);
            if (!options.rows(router, table).update(key, columns)) {
                throw TableOptions.noRow(key, table);
            }
        }
        out.println("1 row updated");
        out.flush();
        return ExitCode.OK;
    }
}

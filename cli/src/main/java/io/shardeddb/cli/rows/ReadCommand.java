package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb read}. */
@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        description = "Reads one row by its key, or the rows of a range, one JSON object per line.",
        footer = {
            "",
            "Examples:",
            "  sdb read StudT 4097                      one row",
            "  sdb read StudT --from 4090 --to 4100     4090 and up, below 4100, in key order, from all shards",
            "  sdb read StudT --limit 10                the first ten rows",
            "  sdb read orders ada 17 -d shop           a key of two columns",
            "",
            "Exit code 1 when there is no such row."
        })
public final class ReadCommand extends RowCommand {

    @Parameters(index = "1..*", paramLabel = "KEY", arity = "0..*", description = "Value of each key column.")
    List<String> key = List.of();

    @Option(names = "--from", paramLabel = "KEY", description = "First key of a range.")
    @Nullable
    String from;

    @Option(names = "--to", paramLabel = "KEY", description = "First key after the range.")
    @Nullable
    String to;

    @Option(names = "--limit", paramLabel = "ROWS", description = "At most so many rows of a range.")
    long limit = Long.MAX_VALUE;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        if (!key.isEmpty() && (from != null || to != null)) {
            throw new CommandFailure(ExitCode.USAGE, "give a key, or --from and --to, not both");
        }
        try (RouterClient router = options.connect()) {
            Rows rows = options.rows(router, table);
            if (key.isEmpty()) {
                rows.range(from, to, limit, out::println);
                out.flush();
                return ExitCode.OK;
            }
            Optional<JsonNode> row = rows.get(key);
            row.ifPresent(out::println);
            out.flush();
            if (row.isEmpty()) {
                throw TableOptions.noRow(key, table);
            }
            return ExitCode.OK;
        }
    }
}

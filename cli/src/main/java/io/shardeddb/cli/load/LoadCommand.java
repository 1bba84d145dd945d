package io.shardeddb.cli.load;

import io.shardeddb.cli.cluster.DatabaseOptions;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.OutputFormat;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.TablesInForce;
import io.shardeddb.crds.TableSpec;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Loads a CSV file into a table. Its first line names the columns.",
        footer = {
            "",
            "Examples:",
            "  sdb load examples/students.csv",
            "  sdb load orders.csv --database shop --table orders --batch 200",
            "",
            "Rows that are there already are replaced, so a load that was stopped can simply be run again; what it wrote",
            "before is written once more with the same values. --skip N passes over the first N rows, and a load that",
            "stops says how many rows from the start are surely in. With --insert a row that is there is refused instead.",
            "An empty field is null, in text columns the empty text."
        })
public final class LoadCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Parameters(index = "0", paramLabel = "FILE.csv", description = "The file, UTF-8.")
    Path file = Path.of("");

    @Option(names = "--table", paramLabel = "NAME", description = "The table. Default: the database's only one.")
    @Nullable
    String table;

    @Option(names = "--batch", paramLabel = "ROWS", description = "Rows per request. Default: ${DEFAULT-VALUE}.")
    int batchRows = 500;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Requests in flight at a time. Default: ${DEFAULT-VALUE}.")
    int concurrency = 4;

    @Option(names = "--insert", description = "Refuse rows that are there already, in place of replacing them.")
    boolean insert;

    @Option(names = "--skip", paramLabel = "ROWS", description = "Pass over so many rows at the start.")
    long skip;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json.")
    OutputFormat output = OutputFormat.TEXT;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        PrintWriter err = terminal.err();
        if (batchRows < 1 || batchRows > 10_000 || concurrency < 1 || concurrency > 256 || skip < 0) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--batch is 1 to 10000, --concurrency 1 to 256, --skip not negative");
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + file);
        }
        long start = System.nanoTime();
        ProgressBar bar = new ProgressBar(err, onTerminal(), start);
        CsvLoad.Result result;
        try (RouterClient router = TableOptions.router(database, PATIENCE, null)) {
            TableSpec target = TablesInForce.one(router, table, PATIENCE);
            Rows rows = new Rows(router, target.name(), RequestIds.fresh(), PATIENCE);
            CsvLoad.Plan plan = new CsvLoad.Plan(
                    batchRows, concurrency, insert ? Rows.WriteMode.INSERT : Rows.WriteMode.UPSERT, skip);
            result = new CsvLoad(rows, target, plan, (fraction, done) -> bar.show(fraction, done, System.nanoTime()))
                    .load(file);
        }
        bar.end();
        double seconds = (System.nanoTime() - start) / 1e9;
        report(out, result, seconds);
        if (result.failure() != null) {
            throw new CommandFailure(
                    result.failureExit(),
                    result.failure() + "\nThe first " + result.complete()
                            + " rows are in; run the same load again, or go on with --skip " + result.complete());
        }
        return ExitCode.OK;
    }

    @SuppressWarnings(
            "SystemConsoleNull") // True of JDK 22 to 24: JDK 25 has none again where input or output are redirected.
    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private void report(PrintWriter out, CsvLoad.Result result, double seconds) {
        out.println(
                output == OutputFormat.JSON
                        ? String.format(
                                Locale.ROOT,
                                "{\"rowsWritten\":%d,\"rowsComplete\":%d,\"seconds\":%.3f,\"complete\":%b}",
                                result.written(),
                                result.complete(),
                                seconds,
                                result.failure() == null)
                        : String.format(
                                Locale.ROOT,
                                "%,d rows written in %.1f s (%,.0f rows/s)",
                                result.written(),
                                seconds,
                                result.written() / Math.max(seconds, 1e-3)));
        out.flush();
    }
}

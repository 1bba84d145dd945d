package io.shardeddb.cli.export;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.load.ProgressBar;
import io.shardeddb.cli.output.OutputFormat;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.records.Target;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.TablesInForce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Exports a table or collection to a file of JSON lines or CSV.",
        footer = {
            "",
            "Examples:",
            "  sdb export people people.jsonl",
            "  sdb export StudT students.csv --columns Stud_id,Stud_marks",
            "  sdb export StudT students.jsonl --one-moment",
            "",
            "Run it again after an interruption: it goes on where it was, and nothing is doubled or left out.",
            "FILE.exporting tells how far it came, and is gone when the export is whole. sdb import reads the file.",
            "Each page is of a moment of its own; --one-moment reads all at one, for at most 300 s."
        })
public final class ExportCommand implements Callable<Integer> {

    /** So many names of members may become columns. */
    private static final int COLUMNS_MAX = 1_000;

    @Parameters(index = "0", paramLabel = "NAME", description = "The table or collection.")
    String name = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to write.")
    Path file = Path.of("");

    @Option(names = "--format", paramLabel = "FORMAT", description = "json or csv. Default: csv for .csv, else json.")
    @Nullable
    ExportFormat format;

    @Option(
            names = "--columns",
            paramLabel = "NAMES",
            split = ",",
            description = "Export these columns or members, and leave out others. Default: all.")
    @Nullable
    List<String> columns;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Shards that are read at the same time; with 1 the rows are in key order. Default:"
                    + " ${DEFAULT-VALUE}.")
    int concurrency = 4;

    @Option(names = "--one-moment", description = "Read all at one moment. It cannot be resumed.")
    boolean oneMoment;

    @Option(names = "--overwrite", description = "Begin again, and replace the file if there is one.")
    boolean overwrite;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json.")
    OutputFormat output = OutputFormat.TEXT;

    @Mixin
    TableOptions options = new TableOptions();

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        if (concurrency < 1 || concurrency > 64) {
            throw new CommandFailure(ExitCode.USAGE, "--concurrency is 1 to 64");
        }
        boolean resumed = resumed();
        long start = System.nanoTime();
        try (RouterClient router = options.connect();
                Moment moment = oneMoment ? Moment.now(router, options.patience()) : Moment.ofEachPage(router)) {
            Target target = Target.of(TablesInForce.all(router, options.patience()), name);
            if (target instanceof Target.Collection(String unknown, boolean known) && !known) {
                throw new CommandFailure(ExitCode.DATA, "there is no table or collection " + unknown);
            }
            try {
                ExportProgress before = resumed ? noted() : begin(router, moment, target);
                ExportProgress after = exported(router, moment, target, before, start);
                Files.deleteIfExists(progressFile());
                report(before.records(), after, (System.nanoTime() - start) / 1e9);
                return ExitCode.OK;
            } catch (CommandFailure e) {
                throw moment.told(e);
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.CANNOT_CREATE, "cannot write " + file + ": " + e.getMessage(), e);
            }
        }
    }

    /** Whether an export into this file is to go on. @throws CommandFailure when the file may not be written */
    private boolean resumed() {
        boolean begun = Files.exists(progressFile()) && !overwrite && !oneMoment;
        if (!begun && Files.exists(file) && !overwrite) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE, file + " exists; --overwrite replaces it, or name another file");
        }
        return begun;
    }

    private ExportProgress noted() {
        ExportProgress found = ExportProgress.read(progressFile());
        boolean same = found.source().equals(name)
                && found.format() == format()
                && (columns == null || found.columns().equals(columns));
        if (!same || !Files.exists(file)) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    progressFile() + " tells of another export, of " + found.source() + " as " + found.format()
                            + "; give the same words again, or --overwrite to begin again");
        }
        return found;
    }

    private ExportProgress begin(RouterClient router, Moment moment, Target target)
            throws IOException, InterruptedException {
        List<String> chosen = columns == null ? List.of() : columns;
        if (target instanceof Target.Table table) {
            List<String> all =
                    table.spec().columns().stream().map(column -> column.name()).toList();
            for (String column : chosen) {
                if (!all.contains(column)) {
                    throw new CommandFailure(
                            ExitCode.DATA, "table " + name + " has no column " + column + "; it has " + all);
                }
            }
            chosen = chosen.isEmpty() && format() == ExportFormat.CSV ? all : chosen;
        } else if (chosen.isEmpty() && format() == ExportFormat.CSV) {
            chosen = members(reader(router, moment, target, List.of()), target);
        }
        Files.deleteIfExists(progressFile());
        Files.deleteIfExists(file);
        return new ExportProgress(name, format(), chosen, parts(router, target), 0, 0);
    }

    /** The names of all members that a document has, which CSV has to tell first. */
    private static List<String> members(PageReader reader, Target target) throws InterruptedException {
        Set<String> names = new LinkedHashSet<>();
        KeyPart part = KeyPart.ALL;
        while (!part.complete()) {
            PageReader.Page page = reader.next(part);
            page.rows()
                    .forEach(row -> RecordText.record(target, row).fieldNames().forEachRemaining(names::add));
            if (names.size() > COLUMNS_MAX) {
                throw new CommandFailure(
                        ExitCode.DATA,
                        "the documents have more than " + COLUMNS_MAX + " members; name some with --columns, or export"
                                + " JSON lines");
            }
            part = part.readTo(page.continuation());
        }
        return new ArrayList<>(names.isEmpty() ? List.of("_id") : names);
    }

    private List<KeyPart> parts(RouterClient router, Target target) throws InterruptedException {
        if (!(target instanceof Target.Table table) || concurrency == 1 || !KeyPart.mayFollowShards(table.spec())) {
            return List.of(KeyPart.ALL);
        }
        Answer answer = router.sendUntil("GET", "status", null, null, options.patience());
        // Who cannot tell the shards can still give all rows in key order.
        return answer.succeeded() ? KeyPart.along(answer.body().path("shards")) : List.of(KeyPart.ALL);
    }

    private PageReader reader(RouterClient router, Moment moment, Target target, List<String> wanted) {
        List<String> asked = target instanceof Target.Collection ? List.of("doc") : wanted;
        return new PageReader(router, PageReader.path(moment.path(), name, asked), moment.rows(), options.patience());
    }

    private ExportProgress exported(
            RouterClient router, Moment moment, Target target, ExportProgress before, long start)
            throws IOException, InterruptedException {
        ProgressBar bar = new ProgressBar(terminal.err(), terminal.interactive(), start);
        ExportRun run = new ExportRun(
                () -> reader(router, moment, target, before.columns()),
                RecordText.of(target, format(), before.columns(), columns != null),
                before,
                file,
                oneMoment ? null : progressFile(),
                now -> bar.show(now.records() - before.records(), now.bytes() - before.bytes(), System.nanoTime()));
        try {
            return run.run(concurrency);
        } finally {
            bar.end();
        }
    }

    private ExportFormat format() {
        if (format != null) {
            return format;
        }
        boolean csv = Stream.of(file.getFileName())
                .anyMatch(last -> String.valueOf(last).toLowerCase(Locale.ROOT).endsWith(".csv"));
        return csv ? ExportFormat.CSV : ExportFormat.JSON;
    }

    private Path progressFile() {
        return file.resolveSibling(file.getFileName() + ".exporting");
    }

    private void report(long before, ExportProgress after, double seconds) {
        long done = after.records() - before;
        terminal.out()
                .println(
                        output == OutputFormat.JSON
                                ? after.json(before, seconds).toString()
                                : String.format(
                                        Locale.ROOT,
                                        "%,d records, %,d bytes; %,d in this run, in %.1f s (%,.0f records/s)",
                                        after.records(),
                                        after.bytes(),
                                        done,
                                        seconds,
                                        done / Math.max(seconds, 1e-3)));
        terminal.out().flush();
    }
}

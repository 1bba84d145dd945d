package io.shardeddb.cli.transfer;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.load.CountingStream;
import io.shardeddb.cli.load.ProgressBar;
import io.shardeddb.cli.output.OutputFormat;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.records.CollectionClient;
import io.shardeddb.cli.records.Target;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.TablesInForce;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Imports a file of JSON lines or CSV into a table or collection.",
        footer = {
            "",
            "Examples:",
            "  sdb import people people.jsonl",
            "  sdb import StudT examples/students.csv --replace",
            "",
            "Run it again after an interruption: it goes on where it was, and nothing is doubled. FILE.progress tells",
            "how far it came. A document without _id gets one, made of the file's content and its number. Refused",
            "records are in FILE.refused, with line and reason; exit 1. In CSV for a collection, a field that reads",
            "as JSON is that, and an empty field is left out. In CSV for a table, \\N is NULL in texts and bytes."
        })
public final class ImportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "The table or collection.")
    String name = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The file, UTF-8.")
    Path file = Path.of("");

    /** What a file holds. */
    enum Format {
        JSON,
        CSV
    }

    @Option(names = "--format", paramLabel = "FORMAT", description = "json or csv. Default: csv for .csv, else json.")
    @Nullable
    Format format;

    @Option(names = "--batch", paramLabel = "N", description = "Records in one request. Default: ${DEFAULT-VALUE}.")
    int batch = 500;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests in flight. Default: ${DEFAULT-VALUE}.")
    int concurrency = 4;

    @Option(names = "--replace", description = "Replace rows that are there already. Tables only.")
    boolean replace;

    @Option(names = "--progress", paramLabel = "FILE", description = "Where to note how far it came.")
    @Nullable
    Path progress;

    @Option(names = "--refused", paramLabel = "FILE", description = "Where to write refused records.")
    @Nullable
    Path refused;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json.")
    OutputFormat output = OutputFormat.TEXT;

    @Mixin
    TableOptions options = new TableOptions();

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        if (batch < 1 || batch > 1_000 || concurrency < 1 || concurrency > 64) {
            throw new CommandFailure(ExitCode.USAGE, "--batch is 1 to 1000, and --concurrency 1 to 64");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + file + "; an import needs a file");
        }
        long start = System.nanoTime();
        ImportProgress before = ImportProgress.read(progressFile(), identity(), name);
        if (before.complete()) {
            terminal.out()
                    .println("this content was imported into " + name + " already; nothing was done. To begin again,"
                            + " remove " + progressFile());
            terminal.out().flush();
            return ExitCode.OK;
        }
        ImportProgress after = imported(before, start);
        report(before, after, (System.nanoTime() - start) / 1e9);
        return after.refused() == 0 ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    private ImportProgress imported(ImportProgress before, long start) throws InterruptedException {
        ProgressBar bar = new ProgressBar(terminal.err(), terminal.interactive(), start);
        try (RouterClient router = options.connect();
                CountingStream bytes = new CountingStream(Files.newInputStream(file))) {
            Target target = Target.of(TablesInForce.all(router, options.patience()), name);
            if (replace && !(target instanceof Target.Table)) {
                throw new CommandFailure(ExitCode.USAGE, "--replace is for tables, and " + name + " is none");
            }
            InputStreamReader text = new InputStreamReader(
                    bytes,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT));
            ChunkWriter writer = new ChunkWriter(
                    target,
                    options.rows(router, name),
                    new CollectionClient(router, name, RequestIds.fresh(), options.patience()),
                    replace);
            long size = Math.max(1, Files.size(file));
            return new ImportRun(
                            writer,
                            csv() ? new RecordReader.Separated(text, target) : new RecordReader.JsonLines(text),
                            before,
                            target instanceof Target.Collection,
                            batch,
                            concurrency,
                            progressFile(),
                            refusedFile(),
                            records -> bar.show(
                                    Math.min(0.999, (double) bytes.count() / size), records, System.nanoTime()))
                    .run();
        } catch (CharacterCodingException e) {
            throw new CommandFailure(ExitCode.DATA, file + " is not UTF-8", e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + ": " + e.getMessage(), e);
        } finally {
            bar.end();
        }
    }

    private boolean csv() {
        return format == null ? file.toString().toLowerCase(Locale.ROOT).endsWith(".csv") : format == Format.CSV;
    }

    private Path progressFile() {
        return progress != null ? progress : file.resolveSibling(file.getFileName() + ".progress");
    }

    private Path refusedFile() {
        return refused != null ? refused : file.resolveSibling(file.getFileName() + ".refused");
    }

    /** Tells contents apart, so that a changed file is not taken for the rest of another one. */
    private String identity() {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest(), 0, 8);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "this Java has no SHA-256", e);
        }
    }

    private void report(ImportProgress before, ImportProgress after, double seconds) {
        long done = after.records() - before.records();
        terminal.out()
                .println(
                        output == OutputFormat.JSON
                                ? after.json(seconds).toString()
                                : String.format(
                                        Locale.ROOT,
                                        "%,d inserted, %,d were there already, %,d refused%s; %,d in this run,"
                                                + " in %.1f s"
                                                + " (%,.0f records/s)",
                                        after.inserted(),
                                        after.present(),
                                        after.refused(),
                                        after.refused() == 0 ? "" : " (see " + refusedFile() + ")",
                                        done,
                                        seconds,
                                        done / Math.max(seconds, 1e-3)));
        terminal.out().flush();
    }
}

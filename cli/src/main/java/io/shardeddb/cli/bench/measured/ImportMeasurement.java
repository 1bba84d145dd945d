package io.shardeddb.cli.bench.measured;

import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.keys.Mixing;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.peer.JdbcTarget;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.transfer.ImportCommand;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine;

/** A file of rows, brought into our database by {@code sdb import} and into a peer by {@code LOAD DATA}. */
public final class ImportMeasurement {

    /** The work's name in tables. */
    public static final String NAME = "import of rows from a file";

    /** The table that the rows go into. */
    public static final Table TABLE = new Table("imported", Table.students().columns());

    private static final double FLOOR = 0.3;
    private static final double AIM = 1;

    private ImportMeasurement() {}

    /**
     * Rates side by side, new rows each time.
     *
     * @param folder for the files
     * @param rows of each file
     * @param times how often; each database is first in turn
     */
    public static Result result(
            BenchDatabase database, JdbcTarget peer, Path folder, int rows, int times, Consumer<String> progress)
            throws IOException, LoadException {
        peer.create(TABLE);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int time = 0; time < times; time++) {
            Path file = folder.resolve("rows" + time + ".csv");
            write(file, (long) time * rows, rows);
            if (time % 2 == 0) {
                ours.add(rows / imported(database, file));
                theirs.add(rows / peer.load(TABLE, file));
            } else {
                theirs.add(rows / peer.load(TABLE, file));
                ours.add(rows / imported(database, file));
            }
            progress.accept(String.format(
                    "%s, %d of %d: %,.0f rows/s, %s %,.0f rows/s",
                    NAME, time + 1, times, ours.getLast(), peer.name(), theirs.getLast()));
            Files.delete(file);
        }
        return Result.ofRates(
                NAME, "rows/s", ours, theirs, FLOOR, AIM, "files of " + rows + " rows; the peer by LOAD DATA");
    }

    private static void write(Path file, long first, int rows) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("Stud_id,Stud_name,Stud_marks\n");
            for (long number = first; number < first + rows; number++) {
                out.write(Mixing.key(number, Table.KEY_BITS) + ",student " + number % 1_000_000 + "," + number % 101
                        + "\n");
            }
        }
    }

    /** In this process, as the command does it. Returns how many seconds it took. */
    private static double imported(BenchDatabase database, Path file) throws IOException, LoadException {
        StringWriter told = new StringWriter();
        PrintWriter out = new PrintWriter(told, true);
        String endpoint = "http://" + database.routerAddress().getHostString() + ":"
                + database.routerAddress().getPort();
        long start = System.nanoTime();
        int code = new CommandLine(new ImportCommand())
                .setOut(out)
                .setErr(out)
                .execute(TABLE.name(), file.toString(), "--endpoint", endpoint);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (code != ExitCode.OK) {
            throw new LoadException("sdb import: " + told);
        }
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".progress"));
        return seconds;
    }
}

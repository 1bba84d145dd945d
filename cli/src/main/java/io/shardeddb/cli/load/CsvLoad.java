package io.shardeddb.cli.load;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.Cells;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.TableSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Loads one CSV file: reads it once, from the start, and keeps several batches in flight. Each batch is one request
 * with an id of its own, so that repeats within the run change nothing; with upserts a second run changes nothing
 * either.
 */
public final class CsvLoad {

    /**
     * How to load.
     *
     * @param batchRows rows per request
     * @param concurrency requests in flight
     * @param mode what happens to rows that are there already
     * @param skipRows rows to pass over at the start
     */
    public record Plan(int batchRows, int concurrency, Rows.WriteMode mode, long skipRows) {}

    /**
     * Its outcome.
     *
     * @param written rows acknowledged
     * @param complete rows from the start of the file of which every one was acknowledged, passed-over ones included
     * @param failure why it stopped; null when the whole file is in
     * @param failureExit exit code that fits the failure
     */
    public record Result(
            long written, long complete, @Nullable String failure, int failureExit) {}

    /** Hears how far the load is. */
    public interface Listener {
        /** So much is done: a fraction of the file, 0 to 1, and rows acknowledged. */
        void progress(double fraction, long rows);
    }

    private record Batch(long index, long firstRow, long firstLine, long lastLine, List<ObjectNode> rows) {}

    private final Rows rows;
    private final TableSpec table;
    private final Plan plan;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Long, Integer> doneAhead = new TreeMap<>();
    private long nextBatch;
    private long complete;
    private long written;
    private @Nullable String failure;
    private int failureExit = ExitCode.OK;

    public CsvLoad(Rows rows, TableSpec table, Plan plan, Listener listener) {
        this.rows = rows;
        this.table = table;
        this.plan = plan;
        this.listener = listener;
        this.complete = plan.skipRows();
    }

    /** Loads the file, or as much of it as goes. @throws CommandFailure when the file is not what it should be */
    public Result load(Path file) throws InterruptedException {
        Semaphore free = new Semaphore(plan.concurrency());
        try (CountingStream bytes = new CountingStream(open(file));
                CsvReader csv = new CsvReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
                ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            long size = Math.max(1, Files.size(file));
            List<String> heading = heading(csv, file);
            try {
                send(csv, heading, file, senders, free, () -> (double) bytes.count() / size);
            } finally {
                senders.shutdown();
                senders.awaitTermination(1, TimeUnit.DAYS);
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + ": " + e.getMessage(), e);
        }
        if (failure == null) {
            listener.progress(1, written);
        }
        return new Result(written, complete, failure, failureExit);
    }

    private interface Fraction {
        double now();
    }

    private void send(
            CsvReader csv, List<String> heading, Path file, ExecutorService senders, Semaphore free, Fraction fraction)
            throws IOException, InterruptedException {
        long row = 0;
        long index = 0;
        List<ObjectNode> pending = new ArrayList<>();
        long firstLine = 0;
        while (!stopped()) {
            @Nullable List<String> fields = csv.next();
            if (fields != null && row++ < plan.skipRows()) {
                continue;
            }
            if (fields != null) {
                firstLine = pending.isEmpty() ? csv.line() : firstLine;
                pending.add(row(heading, fields, file, csv.line()));
            }
            if (pending.size() == plan.batchRows() || (fields == null && !pending.isEmpty())) {
                Batch batch = new Batch(index++, row - pending.size(), firstLine, csv.line(), List.copyOf(pending));
                pending.clear();
                free.acquire();
                senders.execute(() -> write(batch, file, free, fraction));
            }
            if (fields == null) {
                return;
            }
        }
    }

    private void write(Batch batch, Path file, Semaphore free, Fraction fraction) {
        try {
            Answer answer = rows.write(batch.rows(), plan.mode());
            settle(batch, answer, file, fraction.now());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            free.release();
        }
    }

    private void settle(Batch batch, Answer answer, Path file, double fraction) {
        lock.lock();
        try {
            if (!answer.succeeded()) {
                if (failure == null) {
                    failure = file + " lines " + batch.firstLine() + " to " + batch.lastLine() + ": " + answer.reason();
                    failureExit = answer.worthRepeating() ? ExitCode.TEMPORARY : ExitCode.DATA;
                }
                return;
            }
            written += batch.rows().size();
            doneAhead.put(batch.index(), batch.rows().size());
            while (doneAhead.containsKey(nextBatch)) {
                complete += doneAhead.remove(nextBatch);
                nextBatch++;
            }
            listener.progress(Math.min(fraction, 0.999), written);
        } finally {
            lock.unlock();
        }
    }

    private boolean stopped() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    private static InputStream open(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + file, e);
        }
    }

    private List<String> heading(CsvReader csv, Path file) throws IOException {
        @Nullable List<String> heading = csv.next();
        if (heading == null) {
            throw new CommandFailure(ExitCode.DATA, file + " is empty; its first line must name the columns");
        }
        List<String> known =
                table.columns().stream().map(column -> column.name()).toList();
        List<String> names =
                heading.stream().map(name -> name.strip().replace("\ufeff", "")).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new CommandFailure(
                        ExitCode.DATA,
                        file + " line 1: table " + table.name() + " has no column '" + name + "'; its columns are "
                                + known);
            }
        }
        if (new HashSet<>(names).size() != names.size()) {
            throw new CommandFailure(ExitCode.DATA, file + " line 1: a column is named twice");
        }
        return names;
    }

    private ObjectNode row(List<String> heading, List<String> fields, Path file, long line) {
        if (fields.size() != heading.size()) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    file + " line " + line + ": " + fields.size() + " fields, but line 1 names " + heading.size()
                            + " columns");
        }
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < heading.size(); i++) {
            @Nullable String type = Cells.type(table, heading.get(i));
            if (fields.get(i).isEmpty()
                    && !"STRING".equals(type)
                    && !String.valueOf(type).endsWith("CHAR")
                    && !String.valueOf(type).endsWith("TEXT")) {
                row.putNull(heading.get(i));
            } else {
                row.set(heading.get(i), Cells.value(fields.get(i), type));
            }
        }
        return row;
    }
}

package io.shardeddb.cli.transfer;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of an import. It holds so many chunks as are in flight, and notes how far it came after they are
 * acknowledged. A chunk counts only when all before it count, so a later run can go on from a number of records.
 */
final class ImportRun {

    /** So many characters of records make a chunk, even if it has fewer records than it may. */
    private static final int CHUNK_CHARACTERS = 512 << 10;

    private static final long NOTE_NANOS = 200_000_000L;

    private final ChunkWriter writer;
    private final RecordReader reader;
    private final String identity;
    private final boolean giveIds;
    private final int chunkRecords;
    private final int concurrency;
    private final Path progressFile;
    private final Path refusedFile;
    private final LongConsumer heard;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Long, ChunkOutcome> ahead = new TreeMap<>();
    private ImportProgress progress;
    private long nextChunk;
    private long notedNanos;
    private @Nullable CommandFailure failure;

    /**
     * Prepares a run.
     *
     * @param giveIds whether records without an {@code _id} get one, by the file's identity and their number
     * @param chunkRecords records in one request
     * @param concurrency requests in flight
     * @param heard hears of how many records are settled
     */
    ImportRun(
            ChunkWriter writer,
            RecordReader reader,
            ImportProgress progress,
            boolean giveIds,
            int chunkRecords,
            int concurrency,
            Path progressFile,
            Path refusedFile,
            LongConsumer heard) {
        this.writer = writer;
        this.reader = reader;
        this.progress = progress;
        this.identity = progress.identity();
        this.giveIds = giveIds;
        this.chunkRecords = chunkRecords;
        this.concurrency = concurrency;
        this.progressFile = progressFile;
        this.refusedFile = refusedFile;
        this.heard = heard;
    }

    /** Imports what is left. @throws CommandFailure when it has to stop; what is settled is noted before */
    ImportProgress run() throws IOException, InterruptedException {
        truncateRefused();
        Semaphore free = new Semaphore(concurrency);
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                read(senders, free);
            } finally {
                senders.shutdown();
                boolean _ = senders.awaitTermination(1, TimeUnit.DAYS);
            }
        }
        lock.lock();
        try {
            if (failure == null) {
                progress = progress.whole();
            }
            progress.write(progressFile);
            if (failure != null) {
                throw failure;
            }
            return progress;
        } finally {
            lock.unlock();
        }
    }

    private void read(ExecutorService senders, Semaphore free) throws IOException, InterruptedException {
        long number = 0;
        long skip = progress.records();
        long index = 0;
        long characters = 0;
        List<ImportedRecord> pending = new ArrayList<>();
        @Nullable ImportedRecord next = reader.next();
        while (next != null && !stopped()) {
            number++;
            if (number > skip) {
                if (giveIds && next.content() != null && !next.content().has("_id")) {
                    next.content().put("_id", String.format(Locale.ROOT, "%s-%010d", identity, number));
                }
                pending.add(next);
                characters +=
                        next.content() == null ? 0 : next.content().toString().length();
            }
            next = reader.next();
            if (pending.size() == chunkRecords
                    || characters > CHUNK_CHARACTERS
                    || (next == null && !pending.isEmpty())) {
                List<ImportedRecord> chunk = List.copyOf(pending);
                long chunkIndex = index++;
                pending.clear();
                characters = 0;
                free.acquire();
                senders.execute(() -> write(chunkIndex, chunk, free));
            }
        }
    }

    private void write(long index, List<ImportedRecord> chunk, Semaphore free) {
        try {
            ChunkOutcome outcome = writer.write(chunk);
            settle(index, outcome);
        } catch (CommandFailure e) {
            stop(e);
        } catch (IOException e) {
            stop(new CommandFailure(ExitCode.CANNOT_CREATE, "cannot note how far the import came", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            free.release();
        }
    }

    private void settle(long index, ChunkOutcome outcome) throws IOException {
        lock.lock();
        try {
            ahead.put(index, outcome);
            boolean moved = false;
            for (ChunkOutcome next = ahead.remove(nextChunk); next != null; next = ahead.remove(nextChunk)) {
                progress = progress.plus(next, progress.refusedBytes() + append(next.refused()));
                nextChunk++;
                moved = true;
            }
            if (moved && System.nanoTime() - notedNanos > NOTE_NANOS) {
                notedNanos = System.nanoTime();
                progress.write(progressFile);
            }
            heard.accept(progress.records());
        } finally {
            lock.unlock();
        }
    }

    private long append(List<String> lines) throws IOException {
        if (lines.isEmpty()) {
            return 0;
        }
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        Files.write(refusedFile, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return bytes.length;
    }

    /** Cuts off what was written down of records that are not settled. */
    private void truncateRefused() {
        if (Files.exists(refusedFile)) {
            try (FileChannel channel = FileChannel.open(refusedFile, StandardOpenOption.WRITE)) {
                channel.truncate(progress.refusedBytes());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + refusedFile, e);
            }
        }
    }

    private void stop(CommandFailure why) {
        lock.lock();
        try {
            failure = failure == null ? why : failure;
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
}

package io.shardeddb.cli.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of an export. Each part of the keys is read by a reader of its own, which holds one page. A page is added to
 * the file as a whole. What is noted of the parts is never ahead of the bytes that are on the disk.
 */
final class ExportRun {

    private static final long NOTE_NANOS = 200_000_000L;

    private final Supplier<PageReader> readers;
    private final RecordText text;
    private final Path file;
    private final @Nullable Path progressFile;
    private final Consumer<ExportProgress> heard;
    private final ReentrantLock lock = new ReentrantLock();
    private ExportProgress progress;
    private long notedNanos = System.nanoTime();
    private @Nullable CommandFailure failure;

    /**
     * Prepares a run.
     *
     * @param readers makes a reader for each part
     * @param progressFile where to note how far it came; null: nowhere, because it cannot be resumed
     * @param heard hears how far it came after each page
     */
    ExportRun(
            Supplier<PageReader> readers,
            RecordText text,
            ExportProgress progress,
            Path file,
            @Nullable Path progressFile,
            Consumer<ExportProgress> heard) {
        this.readers = readers;
        this.text = text;
        this.progress = progress;
        this.file = file;
        this.progressFile = progressFile;
        this.heard = heard;
    }

    /**
     * Exports what is left.
     *
     * @param concurrency parts that are read at the same time
     * @throws CommandFailure when it has to stop; what is in the file is noted before
     */
    ExportProgress run(int concurrency) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.size() < progress.bytes()) {
                throw new CommandFailure(
                        ExitCode.DATA, file + " is shorter than the export had come; give --overwrite to begin again");
            }
            // What came after the last note would come again.
            channel.truncate(progress.bytes());
        }
        // An interruption would close a channel; it does not touch this.
        try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
            if (progress.bytes() == 0) {
                progress = progress.begun(add(out, text.heading()));
            }
            try {
                readAll(out, concurrency);
            } finally {
                note(out, true);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return progress;
    }

    private void readAll(FileOutputStream out, int concurrency) throws InterruptedException {
        Semaphore free = new Semaphore(concurrency);
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < progress.parts().size(); i++) {
                int part = i;
                running.add(workers.submit(() -> read(part, out, free)));
            }
            for (Future<?> reader : running) {
                reader.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            workers.shutdownNow();
            workers.close();
        }
    }

    private void read(int index, FileOutputStream out, Semaphore free) {
        try {
            free.acquire();
            try {
                PageReader reader = readers.get();
                KeyPart part = partNow(index);
                while (!part.complete() && !stopped()) {
                    PageReader.Page page = reader.next(part);
                    StringBuilder lines = new StringBuilder();
                    for (JsonNode row : page.rows()) {
                        lines.append(text.line(row));
                    }
                    part = part.readTo(page.continuation());
                    settle(out, index, part, page.rows().size(), lines.toString());
                }
            } finally {
                free.release();
            }
        } catch (CommandFailure e) {
            stop(e);
        } catch (IOException e) {
            stop(new CommandFailure(ExitCode.CANNOT_CREATE, "cannot write " + file, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle(FileOutputStream out, int index, KeyPart part, int records, String lines) throws IOException {
        lock.lock();
        try {
            progress = progress.plus(index, part, records, add(out, lines));
            note(out, false);
            heard.accept(progress);
        } finally {
            lock.unlock();
        }
    }

    private static long add(FileOutputStream out, String lines) throws IOException {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        out.write(bytes);
        return bytes.length;
    }

    private void note(FileOutputStream out, boolean now) throws IOException {
        lock.lock();
        try {
            if (progressFile != null && (now || System.nanoTime() - notedNanos > NOTE_NANOS)) {
                out.getFD().sync();
                progress.write(progressFile);
                notedNanos = System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }

    private KeyPart partNow(int index) {
        lock.lock();
        try {
            return progress.parts().get(index);
        } finally {
            lock.unlock();
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

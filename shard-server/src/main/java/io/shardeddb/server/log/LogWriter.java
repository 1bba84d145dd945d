package io.shardeddb.server.log;

import io.shardeddb.consensus.Durations;
import io.shardeddb.server.log.file.BatchFormat;
import io.shardeddb.server.log.file.Disk;
import io.shardeddb.server.log.file.Manifest;
import io.shardeddb.server.log.file.Segment;
import io.shardeddb.server.runtime.FatalError;
import io.shardeddb.server.runtime.Surroundings;
import io.shardeddb.server.runtime.Worker;
import io.shardeddb.server.runtime.WorkerThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Writes: everything that waits becomes one frame and one force (group commit). */
final class LogWriter implements Worker {
    private static final int MAX_FRAME_BYTES = 8 << 20;
    private static final int FIRST_FRAME_BYTES = 256 << 10;
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Disk disk;
    private final LogSettings settings;
    private final NavigableMap<Long, Segment> segments;
    private final FatalError fatal;
    private final LongSupplier nanos;
    private final WorkerThread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Work> waiting = new ArrayDeque<>();
    private boolean closing;

    // Of the writing thread alone.
    private List<Manifest.Entry> manifest;
    private Segment open;
    private long position;
    private long durable;
    private boolean marked = true;
    private boolean failed;
    private long lastWritten;
    private ByteBuffer frame;

    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong forces = new AtomicLong();
    private final Durations forceTimes = new Durations();

    private sealed interface Work {
        /** Records, and whom to tell their position once they are durable. */
        record Write(ByteBuffer bytes, LongConsumer durable) implements Work {}

        /** Nothing before this position is needed. */
        record Release(long position) implements Work {}
    }

    LogWriter(
            Disk disk,
            LogSettings settings,
            NavigableMap<Long, Segment> segments,
            LogRecovery.Recovered recovered,
            Surroundings surroundings,
            FatalError fatal) {
        this.disk = disk;
        this.settings = settings;
        this.segments = segments;
        this.fatal = fatal;
        frame = disk.buffer(FIRST_FRAME_BYTES);
        nanos = surroundings::nanos;
        thread = surroundings.worker("log", this);
        manifest = new ArrayList<>(recovered.manifest().segments());
        open = recovered.segments().getLast();
        position = recovered.end();
        durable = position;
        usedBytes.set(position - manifest.getFirst().base());
    }

    void submit(ByteBuffer bytes, LongConsumer whenDurable) {
        add(new Work.Write(bytes, whenDurable));
    }

    void release(long before) {
        add(new Work.Release(before));
    }

    long usedBytes() {
        return usedBytes.get();
    }

    long forces() {
        return forces.get();
    }

    Durations forceTimes() {
        return forceTimes;
    }

    /** Begins to write. */
    void start() {
        thread.start();
    }

    /** Lets the thread finish what waits, then end. */
    void close() {
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
        thread.end(END_NANOS);
    }

    private void add(Work work) {
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("the log is closed");
            }
            waiting.add(work);
        } finally {
            lock.unlock();
        }
        thread.wake();
    }

    @Override
    public long work() {
        if (failed) {
            return UNTIL_WOKEN;
        }
        try {
            List<Work> batch = take();
            if (!batch.isEmpty()) {
                process(batch);
                lastWritten = nanos.getAsLong();
                // What came meanwhile has woken the thread.
                return hasMore() ? 0 : untilMark();
            }
            long left = untilMark();
            if (left != 0) {
                return left;
            }
            mark();
            return UNTIL_WOKEN;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // What a failed write or force left on the disk is unknown, and a repeated force may lie: only recovery can
            // tell.
            failed = true;
            fatal.end("the log cannot be written", e);
            return UNTIL_WOKEN;
        }
    }

    /** How long the log must still be idle until it gets a mark. */
    private long untilMark() {
        if (marked) {
            return UNTIL_WOKEN;
        }
        long idle = nanos.getAsLong() - lastWritten;
        return Math.max(0, TimeUnit.MILLISECONDS.toNanos(settings.idleMarkMillis()) - idle);
    }

    private boolean hasMore() {
        lock.lock();
        try {
            return !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private List<Work> take() {
        List<Work> batch = new ArrayList<>();
        lock.lock();
        try {
            int bytes = 0;
            @Nullable Work next = waiting.peek();
            while (next != null && (batch.isEmpty() || bytes + size(next) <= MAX_FRAME_BYTES)) {
                bytes += size(next);
                batch.add(waiting.remove());
                next = waiting.peek();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private static int size(Work work) {
        return work instanceof Work.Write(ByteBuffer bytes, LongConsumer durable) ? bytes.remaining() : 0;
    }

    private void process(List<Work> batch) throws IOException {
        int body = batch.stream().mapToInt(LogWriter::size).sum();
        if (body > 0) {
            int total = BatchFormat.HEADER_BYTES + BatchFormat.padded(body);
            if (position > open.base() && position - open.base() + total > settings.segmentBytes()) {
                rotate();
            }
            prepare(total);
            for (Work work : batch) {
                if (work instanceof Work.Write(ByteBuffer bytes, LongConsumer whenDurable)) {
                    frame.put(bytes.duplicate());
                }
            }
            write(body, total);
            long begun = nanos.getAsLong();
            open.file().force();
            forceTimes.note(nanos.getAsLong() - begun);
            forces.incrementAndGet();
            durable = position;
            marked = false;
            tell(batch, position - total + BatchFormat.HEADER_BYTES);
        }
        for (Work work : batch) {
            if (work instanceof Work.Release(long before)) {
                delete(before);
            } else if (body == 0 && work instanceof Work.Write(ByteBuffer bytes, LongConsumer whenDurable)) {
                whenDurable.accept(position);
            }
        }
    }

    private static void tell(List<Work> batch, long firstRecord) {
        long at = firstRecord;
        for (Work work : batch) {
            if (work instanceof Work.Write(ByteBuffer bytes, LongConsumer whenDurable)) {
                whenDurable.accept(at);
                at += bytes.remaining();
            }
        }
    }

    /**
     * Says on disk that everything before is durable, so that rot in the last forced frame does not look like a torn
     * tail.
     */
    private void mark() throws IOException {
        prepare(BatchFormat.HEADER_BYTES);
        write(0, BatchFormat.HEADER_BYTES);
        marked = true;
    }

    private void prepare(int total) {
        if (frame.capacity() < total) {
            frame = disk.buffer(total);
        }
        frame.clear().limit(total).position(BatchFormat.HEADER_BYTES);
    }

    private void write(int body, int total) throws IOException {
        while (frame.hasRemaining()) {
            frame.put((byte) 0);
        }
        frame.flip();
        BatchFormat.seal(frame, open.id(), body, position, durable);
        open.file().write(frame, position - open.base());
        position += total;
        usedBytes.addAndGet(total);
    }

    private void rotate() throws IOException {
        // A mark may stand unforced at the end of the old segment, which is complete from now on.
        open.file().force();
        durable = position;
        long id = open.id() + 1;
        Segment next = new Segment(id, position, disk.create(Manifest.fileName(id)));
        next.file().force();
        disk.forceDirectory();
        manifest.removeLast();
        manifest.add(new Manifest.Entry(open.id(), open.base(), position));
        manifest.add(new Manifest.Entry(id, position, -1));
        new Manifest(manifest).write(disk);
        segments.put(position, next);
        open = next;
    }

    private void delete(long before) throws IOException {
        List<Manifest.Entry> gone = manifest.stream()
                .filter(entry -> !entry.open() && entry.end() <= before)
                .toList();
        if (gone.isEmpty()) {
            return;
        }
        manifest.removeAll(gone);
        new Manifest(manifest).write(disk);
        for (Manifest.Entry entry : gone) {
            Map.Entry<Long, Segment> segment = segments.floorEntry(entry.base());
            if (segment != null && segment.getValue().id() == entry.id()) {
                segments.remove(segment.getKey());
                segment.getValue().close();
            }
            disk.delete(Manifest.fileName(entry.id()));
            usedBytes.addAndGet(entry.base() - entry.end());
        }
    }
}

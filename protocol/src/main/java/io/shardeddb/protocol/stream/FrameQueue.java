package io.shardeddb.protocol.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Messages of many threads on their way into one stream. What is added while the stream's thread is busy, or while the
 * stream takes nothing, leaves together in one frame: the busier, the fewer frames and wake-ups.
 *
 * @param <M> a message
 */
public final class FrameQueue<M> {

    /**
     * A frame is closed when it has reached so many bytes, so that large messages do not stand in memory twice in large
     * numbers.
     */
    private static final int FRAME_BYTES = 256 << 10;

    private final Queue<M> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Executor thread;
    private final ToIntFunction<M> size;
    private final Stream<M> stream;

    /** Where frames go. Called on the queue's thread alone. */
    public interface Stream<M> {

        /** Whether it takes a frame now. When it does again, {@link FrameQueue#flush} has to be called. */
        boolean isReady();

        /** Takes a frame of at least one message. */
        void send(List<M> frame);
    }

    /**
     * @param thread runs one task at a time, in order: the thread of the stream's connection
     * @param size of a message, in bytes
     */
    public FrameQueue(Executor thread, ToIntFunction<M> size, Stream<M> stream) {
        this.thread = thread;
        this.size = size;
        this.stream = stream;
    }

    /** Adds a message. It leaves soon. */
    public void add(M message) {
        waiting.add(message);
        flush();
    }

    /** Adds messages that leave together. */
    public void addAll(List<M> messages) {
        waiting.addAll(messages);
        flush();
    }

    /** Sends what waits as far as the stream takes it, soon. */
    public void flush() {
        if (scheduled.compareAndSet(false, true)) {
            thread.execute(this::send);
        }
    }

    /** How many messages wait. Takes time for each of them. */
    public int size() {
        return waiting.size();
    }

    /** Drops what waits and fulfils a condition. */
    public void removeIf(Predicate<M> condition) {
        waiting.removeIf(condition);
    }

    private void send() {
        // First: what is added from here on schedules again.
        scheduled.set(false);
        while (!waiting.isEmpty() && stream.isReady()) {
            List<M> frame = new ArrayList<>();
            int bytes = 0;
            M next = waiting.poll();
            while (next != null) {
                frame.add(next);
                bytes += size.applyAsInt(next);
                next = bytes < FRAME_BYTES ? waiting.poll() : null;
            }
            if (!frame.isEmpty()) {
                stream.send(frame);
            }
        }
    }
}

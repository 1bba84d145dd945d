package io.shardeddb.router.grpc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Parts of a long answer, on their way to a client in messages of some kilobytes. A part may be larger. Blocks; of one
 * thread.
 *
 * @param <P> a part, such as a row
 * @param <M> a message
 */
public final class Chunks<P, M> {

    private static final int BYTES = 32 * 1024;

    private final PacedSender<M> client;
    private final Function<List<P>, M> message;
    private List<P> parts = new ArrayList<>();
    private int bytes;
    private long count;

    /** @param message makes the message of some parts */
    public Chunks(PacedSender<M> client, Function<List<P>, M> message) {
        this.client = client;
        this.message = message;
    }

    /**
     * Adds a part, and sends a message when there are enough. The last parts stay for the message that ends the answer.
     *
     * @param size of the part, in bytes
     * @return false when the client is gone: nothing more needs to be made for it
     */
    public boolean add(P part, int size) throws InterruptedException {
        parts.add(part);
        bytes += size;
        count++;
        if (bytes < BYTES) {
            return true;
        }
        List<P> sent = parts;
        parts = new ArrayList<>();
        bytes = 0;
        return client.send(message.apply(sent));
    }

    /** The parts that were not sent. */
    public List<P> rest() {
        return List.copyOf(parts);
    }

    /** How many parts were added. */
    public long count() {
        return count;
    }
}

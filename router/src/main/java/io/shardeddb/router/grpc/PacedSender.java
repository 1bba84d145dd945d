package io.shardeddb.router.grpc;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends many messages on one call, no faster than its client takes them. The sending runs on a virtual thread of its
 * own, and ends when the client cancels, its deadline passes, or it takes nothing for too long.
 *
 * @param <T> a message
 */
public final class PacedSender<T> {

    /** A client that takes nothing for so long is given up: its read keeps views open at the servers. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final ServerCallStreamObserver<T> client;
    private final Duration patience;
    private final Semaphore changed = new Semaphore(0);
    private volatile boolean gone;
    private volatile @Nullable AutoCloseable source;

    private PacedSender(ServerCallStreamObserver<T> client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    /**
     * What sends.
     *
     * @param <T> a message
     */
    @FunctionalInterface
    public interface Sending<T> {
        /**
         * Sends all messages. May block. The call ends well when it returns.
         *
         * @param until when to give up beginning, by {@link System#nanoTime}; absent: the client sets no deadline
         */
        void run(PacedSender<T> to, @Nullable Long until) throws Exception;
    }

    /** Begins to send. Called on the call's own thread, before anything is sent. */
    public static <T> void start(StreamObserver<T> client, Sending<T> sending) {
        start(client, PATIENCE, sending);
    }

    static <T> void start(StreamObserver<T> client, Duration patience, Sending<T> sending) {
        PacedSender<T> sender = new PacedSender<>((ServerCallStreamObserver<T>) client, patience);
        sender.client.setOnReadyHandler(sender.changed::release);
        sender.client.setOnCancelHandler(sender::cancelled);
        Long until = Calls.until();
        Thread.ofVirtual().name("send").start(Context.current().wrap(() -> sender.run(sending, until)));
    }

    private void run(Sending<T> sending, @Nullable Long until) {
        try {
            sending.run(this, until);
            if (!gone) {
                client.onCompleted();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            if (!gone) {
                client.onError(Calls.status(e, until));
            }
        } finally {
            close();
        }
    }

    /** What the messages are made from: it is closed as soon as the client goes, and at the end. */
    public void from(AutoCloseable closeable) {
        source = closeable;
        if (gone) {
            close();
        }
    }

    private void cancelled() {
        gone = true;
        changed.release();
        // Closing may wait for a thread that is waiting for rows.
        Thread.ofVirtual().name("cancel").start(this::close);
    }

    private void close() {
        AutoCloseable closeable = source;
        if (closeable != null) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("what a call read from did not close", e);
            }
        }
    }

    /**
     * Sends a message when the client can take it.
     *
     * @return false when the client is gone: nothing more needs to be made for it
     * @throws DatabaseException READ_TIMED_OUT when the client takes nothing for too long
     */
    public boolean send(T message) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!client.isReady() && !gone) {
            if (!changed.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new DatabaseException(
                        ErrorCode.READ_TIMED_OUT,
                        "the client took nothing for " + patience.toSeconds() + " s; read less at once, or faster");
            }
        }
        if (gone) {
            return false;
        }
        client.onNext(message);
        return true;
    }
}

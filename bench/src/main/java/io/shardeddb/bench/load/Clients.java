package io.shardeddb.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Starts one thread for each client and waits for all of them. */
final class Clients {

    /** Above this many, clients are virtual threads. */
    private static final int PLATFORM_THREADS_MAX = 128;

    private Clients() {}

    /** What a client does. */
    interface Work {
        void run(int client) throws LoadException, InterruptedException;
    }

    /**
     * Runs all clients to their end.
     *
     * @throws LoadException of the first client that ended by one
     */
    static void run(int clients, Work work) throws LoadException, InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>(clients);
        Thread.Builder builder =
                clients <= PLATFORM_THREADS_MAX ? Thread.ofPlatform().daemon(true) : Thread.ofVirtual();
        for (int i = 0; i < clients; i++) {
            int client = i;
            threads.add(builder.name("client-" + i).start(() -> {
                try {
                    work.run(client);
                } catch (LoadException | RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            throw e;
        }
        switch (failure.get()) {
            case null -> {}
            case LoadException refused -> throw refused;
            case RuntimeException fault -> throw fault;
            case Error fault -> throw fault;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }
}

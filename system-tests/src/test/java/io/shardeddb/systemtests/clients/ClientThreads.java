package io.shardeddb.systemtests.clients;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** The threads of a test's clients, from their start until they are told to stop, and what went wrong in them. */
public final class ClientThreads implements AutoCloseable {

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    /** One client. */
    public interface Client {

        /** Works once; called again until the threads stop. */
        void work() throws InterruptedException;
    }

    /**
     * Starts them.
     *
     * @param name what the threads are called
     * @param pauseMillis between two turns of a client's work
     * @param clients makes each from its number, 0 up to the count
     */
    public void start(String name, int count, long pauseMillis, IntFunction<Client> clients) {
        for (int i = 0; i < count; i++) {
            Client client = clients.apply(i);
            threads.add(Thread.ofPlatform().name(name + "-" + i).daemon().start(() -> run(client, pauseMillis)));
        }
    }

    private void run(Client client, long pauseMillis) {
        try {
            do {
                client.work();
            } while (!stop.await(pauseMillis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notes what went wrong. */
    public void failed(String what) {
        failures.add(what);
    }

    /** What went wrong, a line each. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Lets work under way end. */
    public void stop() throws InterruptedException {
        stop.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
    }
}

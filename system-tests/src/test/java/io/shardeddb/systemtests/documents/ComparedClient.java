package io.shardeddb.systemtests.documents;

import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.systemtests.clients.ClientThreads;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Compares each answer with what a model says, and ends with the first difference. */
abstract class ComparedClient implements ClientThreads.Client {

    /** Sends the requests. */
    protected final Exchange exchange;

    private final String name;
    private final Consumer<String> differences;
    private final AtomicInteger steps = new AtomicInteger();
    private volatile boolean ended;

    /**
     * Sends nothing yet.
     *
     * @param name of the client and its seed, for messages
     * @param differences hears of the first difference
     */
    ComparedClient(RouterClient router, String name, Consumer<String> differences) {
        this.exchange = new Exchange(router);
        this.name = name;
        this.differences = differences;
    }

    /** How many steps were done, each of one request or more. */
    final int steps() {
        return steps.get();
    }

    /** Draws requests, sends them, and compares. @throws AssertionError with the difference */
    protected abstract void step() throws InterruptedException;

    @Override
    public final void work() throws InterruptedException {
        if (ended) {
            return;
        }
        try {
            step();
            steps.incrementAndGet();
        } catch (AssertionError | RuntimeException e) {
            ended = true;
            differences.accept("%s, step %d, %s: %s".formatted(name, steps.get(), exchange.last(), e.getMessage()));
        }
    }
}

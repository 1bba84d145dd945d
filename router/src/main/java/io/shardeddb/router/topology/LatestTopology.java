package io.shardeddb.router.topology;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The last topology that was learned: it stays when the Kubernetes API goes away. */
@Singleton
public final class LatestTopology {

    private final List<Consumer<Topology>> listeners = new CopyOnWriteArrayList<>();
    /**
     * Thousands of writes may wait for new tables at once: coming and going must not cost the more, the more there are.
     */
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

    private volatile Topology topology = Topology.empty();
    private volatile boolean known;

    private record Waiter(Predicate<Topology> condition, CompletableFuture<Topology> result) {}

    /** The last one learned; an empty database before the first. */
    public Topology current() {
        return topology;
    }

    /** Whether one was ever learned. */
    public boolean known() {
        return known;
    }

    /** Takes a new one. Listeners run on the caller's thread. */
    public synchronized void publish(Topology next) {
        boolean changed = !known || !next.equals(topology);
        known = true;
        if (!changed) {
            return;
        }
        topology = next;
        listeners.forEach(listener -> listener.accept(next));
        for (Waiter waiter : waiters) {
            if (waiter.condition().test(next)) {
                waiter.result().complete(next);
            }
        }
    }

    /** Calls the listener now and with each later change. */
    public synchronized void listen(Consumer<Topology> listener) {
        listeners.add(listener);
        listener.accept(topology);
    }

    /** Completes with the first topology that fulfils the condition, or with a TimeoutException. */
    public CompletableFuture<Topology> await(Predicate<Topology> condition, Duration atMost) {
        Waiter waiter = new Waiter(condition, new CompletableFuture<>());
        waiters.add(waiter);
        Topology now = topology;
        if (known && condition.test(now)) {
            waiter.result().complete(now);
        }
        return waiter.result()
                .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ignored, failure) -> waiters.remove(waiter));
    }
}

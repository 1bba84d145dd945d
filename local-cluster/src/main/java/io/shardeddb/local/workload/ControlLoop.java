package io.shardeddb.local.workload;

import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.store.Subscription;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows all changes of the store on one thread, turns each into the keys it concerns, and reconciles those one after
 * another. A key is reconciled again after a delay that a reconcile asks for, and with growing delays when one fails.
 */
public final class ControlLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofHours(1);

    private final String name;
    private final ObjectStore store;
    private final Function<Event, Set<ObjectKey>> concerns;
    private final Reconciler reconciler;
    private final Thread thread;
    private final Map<ObjectKey, Long> dueNanos = new HashMap<>();
    private final Map<ObjectKey, Integer> failures = new HashMap<>();
    private volatile boolean stopped;
    private volatile @Nullable Subscription subscription;

    /** Brings one object nearer to what it should be. */
    @FunctionalInterface
    public interface Reconciler {
        /**
         * Reconciles one key.
         *
         * @return when to look again without a change, or null for never
         */
        @Nullable
        Duration reconcile(ObjectKey key);
    }

    private ControlLoop(
            String name, ObjectStore store, Function<Event, Set<ObjectKey>> concerns, Reconciler reconciler) {
        this.name = name;
        this.store = store;
        this.concerns = concerns;
        this.reconciler = reconciler;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /**
     * Starts a loop.
     *
     * @param concerns which keys a change concerns
     */
    public static ControlLoop start(
            String name, ObjectStore store, Function<Event, Set<ObjectKey>> concerns, Reconciler reconciler) {
        ControlLoop loop = new ControlLoop(name, store, concerns, reconciler);
        loop.thread.start();
        return loop;
    }

    private void run() {
        while (!stopped) {
            ObjectStore.Start start = store.subscribeAll();
            try (Subscription changes = start.subscription()) {
                subscription = changes;
                store.all()
                        .forEach((key, object) -> add(
                                new Event(Event.Change.ADDED, start.listing().revision(), key, object, null)));
                follow(changes);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void add(Event event) {
        long now = System.nanoTime();
        concerns.apply(event).forEach(key -> dueNanos.put(key, now));
    }

    private void follow(Subscription changes) throws InterruptedException {
        while (!stopped && !changes.ended()) {
            Event event = changes.next(untilDue());
            while (event != null) {
                add(event);
                event = changes.next(Duration.ZERO);
            }
            long now = System.nanoTime();
            Set<ObjectKey> due = new LinkedHashSet<>();
            dueNanos.forEach((key, at) -> {
                if (at - now <= 0) {
                    due.add(key);
                }
            });
            for (ObjectKey key : due) {
                if (!stopped) {
                    dueNanos.remove(key);
                    reconcile(key);
                }
            }
        }
    }

    private Duration untilDue() {
        long now = System.nanoTime();
        long least = IDLE.toNanos();
        for (long at : dueNanos.values()) {
            least = Math.min(least, at - now);
        }
        return Duration.ofNanos(Math.max(0, least));
    }

    private void reconcile(ObjectKey key) {
        try {
            Duration again = reconciler.reconcile(key);
            failures.remove(key);
            if (again != null) {
                dueNanos.put(key, System.nanoTime() + again.toNanos());
            }
        } catch (RuntimeException e) {
            if (stopped) {
                return;
            }
            int count = failures.merge(key, 1, Integer::sum);
            Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(count - 1, 10));
            delay = delay.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : delay;
            LOG.warn("{}: {} failed, next try in {} ms", name, key, delay.toMillis(), e);
            dueNanos.put(key, System.nanoTime() + delay.toNanos());
        }
    }

    @Override
    public void close() {
        stopped = true;
        Subscription current = subscription;
        if (current != null) {
            current.close();
        }
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.shardeddb.router.keyvalue.sweep;

import com.google.protobuf.ByteString;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import io.shardeddb.router.keyvalue.KeyValues;
import io.shardeddb.router.keyvalue.Space;
import io.shardeddb.router.topology.LatestTopology;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes keys that have expired: one page of one space at a time, slowly. Each router does it for itself. Two that
 * meet do no harm: each removal depends on the row's version.
 */
@Singleton
final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    /** Keys of one page, at most. */
    private static final int PAGE = 200;

    private static final long TICK_MILLIS = 1_000;
    private static final long PAUSE_MILLIS = 500;

    private final KeyValues keyValues;
    private final LatestTopology topology;
    private final InstantSource clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "expiry-sweep");
        thread.setDaemon(true);
        return thread;
    });

    // Used by the timer's thread alone.
    private final SweepTimes times = new SweepTimes();
    private boolean looking;

    Sweeper(KeyValues keyValues, LatestTopology topology, InstantSource clock) {
        this.keyValues = keyValues;
        this.topology = topology;
        this.clock = clock;
    }

    @EventListener
    void started(ServerStartupEvent event) {
        keyValues.whenExpiring((space, expires) -> run(() -> times.expects(space, expires, random()), 0));
        var _ = timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** Asks nobody anything while no space is due. */
    private void tick() {
        times.know(Space.names(topology.current()), clock.millis(), random());
        String space = looking ? null : times.begin(clock.millis());
        if (space != null) {
            looking = true;
            look(space, null, null);
        }
    }

    private void look(String space, @Nullable ByteString after, @Nullable Long earliest) {
        CompletableFuture<KeyValues.Swept> page;
        try {
            page = keyValues.sweep(space, after, PAGE);
        } catch (RuntimeException e) {
            page = CompletableFuture.failedFuture(e);
        }
        var _ = page.whenComplete((swept, failure) -> run(() -> looked(space, earliest, swept, failure), 0));
    }

    private void looked(
            String space, @Nullable Long earliest, KeyValues.@Nullable Swept swept, @Nullable Throwable failure) {
        if (swept == null) {
            LOG.debug("Space {} could not be looked through", space, failure);
            end(space, clock.millis());
            return;
        }
        Long found = swept.earliest();
        Long first = earliest == null || (found != null && found < earliest) ? found : earliest;
        ByteString last = swept.last();
        if (last == null) {
            end(space, first);
        } else {
            run(() -> look(space, last, first), PAUSE_MILLIS + (long) (random() * PAUSE_MILLIS));
        }
    }

    private void end(String space, @Nullable Long earliest) {
        looking = false;
        times.ended(space, earliest, clock.millis(), random());
    }

    private void run(Runnable work, long millis) {
        if (!timer.isShutdown()) {
            var _ = timer.schedule(work, millis, TimeUnit.MILLISECONDS);
        }
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }
}

package io.shardeddb.simulator.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** Does work in several threads until there is none left. */
final class Workers {
    private Workers() {}

    /**
     * Returns when all threads have found that nothing is left to do.
     *
     * @param step does one piece of work; false if there was none
     */
    static void run(int threads, BooleanSupplier step) {
        try (ExecutorService executor = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("simulator-", 0).factory())) {
            List<Future<?>> working = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                working.add(executor.submit(() -> {
                    while (step.getAsBoolean()) {
                        // One more is done.
                    }
                }));
            }
            for (Future<?> each : working) {
                each.get();
            }
        } catch (ExecutionException broken) {
            throw new IllegalStateException("a worker failed", broken.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}

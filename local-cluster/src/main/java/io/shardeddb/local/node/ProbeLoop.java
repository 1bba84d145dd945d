package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * Repeats one probe of one container and tells when its verdict changes: after {@code successThreshold} successes or
 * {@code failureThreshold} failures in a row.
 */
final class ProbeLoop {
    private final Probe probe;
    private final JsonNode spec;
    private final Listener listener;
    private final boolean once;
    private final Thread thread;
    private volatile boolean stopped;

    /** Hears of failures and verdicts. */
    interface Listener {
        /** One attempt has failed, whatever the verdict will be. */
        void failed(String message);

        /** The probe has succeeded or failed often enough. */
        void verdict(boolean success);
    }

    /** One attempt. */
    @FunctionalInterface
    interface Probe {
        /** Returns an empty text on success, else what went wrong. */
        String attempt(Duration timeout) throws InterruptedException;
    }

    private ProbeLoop(JsonNode spec, Probe probe, boolean once, Listener listener) {
        this.spec = spec;
        this.probe = probe;
        this.once = once;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("probe").unstarted(this::run);
    }

    /**
     * Starts a loop.
     *
     * @param once whether it ends with the first success, as startup probes do
     */
    static ProbeLoop start(JsonNode spec, Probe probe, boolean once, Listener listener) {
        ProbeLoop loop = new ProbeLoop(spec, probe, once, listener);
        loop.thread.start();
        return loop;
    }

    private void run() {
        Duration timeout =
                Duration.ofSeconds(Math.max(1, spec.path("timeoutSeconds").asInt(1)));
        Duration period =
                Duration.ofSeconds(Math.max(1, spec.path("periodSeconds").asInt(10)));
        int successes = 0;
        int failures = 0;
        try {
            Thread.sleep(Duration.ofSeconds(spec.path("initialDelaySeconds").asInt(0)));
            while (!stopped) {
                String problem = probe.attempt(timeout);
                if (stopped) {
                    return;
                }
                successes = problem.isEmpty() ? successes + 1 : 0;
                failures = problem.isEmpty() ? 0 : failures + 1;
                if (!problem.isEmpty()) {
                    listener.failed(problem);
                }
                if (successes == Math.max(1, spec.path("successThreshold").asInt(1))) {
                    listener.verdict(true);
                    if (once) {
                        return;
                    }
                }
                int limit = Math.max(1, spec.path("failureThreshold").asInt(3));
                if (failures > 0 && failures % limit == 0) {
                    listener.verdict(false);
                }
                Thread.sleep(period);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() {
        stopped = true;
        thread.interrupt();
    }
}

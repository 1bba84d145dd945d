package io.shardeddb.local;

import io.shardeddb.local.http.HttpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the API server alone, for trying what a cluster without one does: while the file {@value #FILE} is in the home,
 * the server breaks its connections and listens no more. Pods, Services and whatever else this machine runs go on.
 */
public final class ApiSwitch implements AutoCloseable {

    /** The file, in the home. What it holds does not matter. A start of the cluster removes it. */
    public static final String FILE = "api-stopped";

    private static final Logger LOG = LoggerFactory.getLogger(ApiSwitch.class);
    private static final long LOOK_MILLIS = 100;

    private final Path file;
    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private ApiSwitch(Path file, HttpServer server) {
        this.file = file;
        this.server = server;
        this.thread = Thread.ofVirtual().name("api-switch").unstarted(this::run);
    }

    /** Removes the file and begins to look for it. */
    static ApiSwitch start(Path home, HttpServer server) throws IOException {
        Path file = home.resolve(FILE);
        Files.deleteIfExists(file);
        ApiSwitch made = new ApiSwitch(file, server);
        made.thread.start();
        return made;
    }

    private void run() {
        boolean stopped = false;
        try {
            while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                boolean wanted = Files.exists(file);
                if (wanted != stopped) {
                    stopped = turned(wanted) ? wanted : stopped;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean turned(boolean off) {
        try {
            if (off) {
                server.stopListening();
                LOG.info("The API server is stopped until {} is removed", file);
            } else {
                server.listenAgain();
                LOG.info("The API server listens again");
            }
            return true;
        } catch (IOException e) {
            LOG.warn("The API server cannot be {}; trying again: {}", off ? "stopped" : "started", e.toString());
            return false;
        }
    }

    /** Ends the looking, before the server itself is closed. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.shardeddb.operator.observe;

import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks servers how they stand, all at once. Several shards of one database are looked at in the same moment, so an answer serves for a
 * short while.
 */
public final class ServerPoll implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerPoll.class);
    private static final Duration DEADLINE = Duration.ofMillis(1500);
    private static final long FRESH_NANOS = Duration.ofMillis(400).toNanos();

    private final ControlLinks links;
    private final LongSupplier nanoClock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

    /** @param nanoClock monotonic time, in nanoseconds */
    public ServerPoll(ControlLinks links, LongSupplier nanoClock) {
        this.links = links;
        this.nanoClock = nanoClock;
    }

    private record Answer(long at, Optional<ServerStatus> status) {}

    /**
     * What the servers say; those that do not answer in time are absent.
     *
     * @param addresses per server name, host:port
     */
    public Observed ask(Map<String, String> addresses) throws InterruptedException {
        Map<String, Future<Optional<ServerStatus>>> asked = new HashMap<>();
        addresses.forEach((server, address) -> asked.put(server, threads.submit(() -> status(address))));
        Map<String, ServerStatus> statuses = new HashMap<>();
        for (Map.Entry<String, Future<Optional<ServerStatus>>> entry : asked.entrySet()) {
            try {
                entry.getValue().get().ifPresent(status -> statuses.put(entry.getKey(), status));
            } catch (ExecutionException e) {
                throw new IllegalStateException("asking " + entry.getKey() + " failed unexpectedly", e.getCause());
            }
        }
        return new Observed(statuses);
    }

    /** Makes the next question a fresh one: something was just changed there. */
    public void expire(String address) {
        answers.remove(address);
    }

    private Optional<ServerStatus> status(String address) {
        Answer known = answers.get(address);
        if (known != null && nanoClock.getAsLong() - known.at() < FRESH_NANOS) {
            return known.status();
        }
        Optional<ServerStatus> status;
        try {
            status = Optional.of(links.to(address, DEADLINE).status(StatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            // Not answering is an observation: the server counts as silent.
            LOG.debug("{} does not answer: {}", address, e.getStatus());
            links.reconnect(address);
            status = Optional.empty();
        }
        answers.put(address, new Answer(nanoClock.getAsLong(), status));
        return status;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

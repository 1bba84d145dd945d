package io.shardeddb.operator.observe;

import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks servers how they stand, all at once. An answer is believed only from the server that was asked. Several shards
 * of one database are reconciled in the same moment, so a question that is being asked, or was answered just now,
 * serves them all.
 */
public final class ServerPoll implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerPoll.class);
    private static final Duration DEADLINE = Duration.ofMillis(1500);
    private static final Duration SILENT = Duration.ofMillis(300);
    private static final long FRESH_NANOS = Duration.ofMillis(400).toNanos();

    private final ControlLinks links;
    private final LongSupplier nanoClock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Question> questions = new ConcurrentHashMap<>();
    private final Map<Uid, Boot> boots = new ConcurrentHashMap<>();
    private final Map<String, Observed> observations = new ConcurrentHashMap<>();

    /** @param nanoClock monotonic time, in nanoseconds */
    public ServerPoll(ControlLinks links, LongSupplier nanoClock) {
        this.links = links;
        this.nanoClock = nanoClock;
    }

    /** A question; whether the one before was not answered. */
    private record Question(long askedAt, boolean wasSilent, Future<Optional<ServerStatus>> answer) {

        boolean silent() {
            return answer.state() == Future.State.SUCCESS && answer.resultNow().isEmpty();
        }
    }

    /**
     * What the servers say; those that do not answer in time are absent. A server that did not answer the last time is
     * waited for only a little, so servers that are gone do not delay the reconciles of others. When it answers later,
     * the next reconcile sees it.
     *
     * @param addresses per server name, host:port
     */
    public Observed ask(Map<String, String> addresses) throws InterruptedException {
        Map<String, Question> asked = new HashMap<>();
        addresses.forEach((server, address) -> asked.put(server, question(address)));
        long begun = System.nanoTime();
        Map<String, ServerStatus> statuses = new HashMap<>();
        for (Map.Entry<String, Question> entry : asked.entrySet()) {
            Question question = entry.getValue();
            Duration patience = question.wasSilent() ? SILENT : DEADLINE.multipliedBy(2);
            try {
                question.answer()
                        .get(Math.max(0, patience.toNanos() - (System.nanoTime() - begun)), TimeUnit.NANOSECONDS)
                        .ifPresent(status -> believe(entry.getKey(), addresses.get(entry.getKey()), status, statuses));
            } catch (TimeoutException e) {
                LOG.debug("{} does not answer yet", entry.getKey());
            } catch (CancellationException e) {
                LOG.debug("the poll ends; {} was not asked", entry.getKey());
            } catch (ExecutionException e) {
                throw new IllegalStateException("asking " + entry.getKey() + " failed unexpectedly", e.getCause());
            }
        }
        return shared(addresses, statuses);
    }

    /** The latest process that answered from a volume. */
    private record Boot(long counter, long process) {

        boolean follows(Boot before) {
            return counter > before.counter
                    || (counter == before.counter
                            && (process == before.process || process == 0 || before.process == 0));
        }
    }

    /** An address may be another server's by now: what that says is no answer of the one that was asked. */
    private void believe(
            String asked, @Nullable String address, ServerStatus status, Map<String, ServerStatus> statuses) {
        if (!status.getServer().isEmpty() && !status.getServer().equals(asked)) {
            LOG.warn("at {}, the address of {}, answers {}: it is not believed", address, asked, status.getServer());
            if (address != null) {
                links.forget(address);
            }
            return;
        }
        Boot boot = new Boot(status.getBootCounter(), status.getProcess());
        Boot known = status.hasVolume()
                ? boots.merge(status.getVolume(), boot, (before, now) -> now.follows(before) ? now : before)
                : boot;
        statuses.put(asked, boot.follows(known) ? status : rolledBack(status, known));
    }

    /**
     * Another process had this volume with this boot counter, or a later one: what lies there now is an old copy of it.
     */
    private static ServerStatus rolledBack(ServerStatus status, Boot known) {
        ServerStatus.Builder told = status.toBuilder();
        for (ReplicaStatus.Builder replica : told.getReplicasBuilderList()) {
            replica.setState(ReplicaState.QUARANTINED)
                    .setReason("its volume was rolled back: it was seen with boot counter " + known.counter()
                            + " and comes with " + status.getBootCounter());
        }
        return told.build();
    }

    /**
     * The same answers are the same observation for all shards of a database, so that it is sorted by shard only once.
     */
    private Observed shared(Map<String, String> addresses, Map<String, ServerStatus> statuses) {
        if (addresses.isEmpty()) {
            return new Observed(statuses);
        }
        return observations.compute(
                Collections.min(addresses.values()),
                (first, last) -> last != null && last.isOf(statuses) ? last : new Observed(statuses));
    }

    /** Makes the next question a fresh one: something was just changed there. */
    public void expire(String address) {
        questions.remove(address);
    }

    /** Forgets a server that is gone. */
    public void forget(String address) {
        questions.remove(address);
        observations.remove(address);
        links.forget(address);
    }

    private Question question(String address) {
        return questions.compute(address, (key, known) -> {
            long now = nanoClock.getAsLong();
            boolean serves = known != null && (!known.answer().isDone() || now - known.askedAt() < FRESH_NANOS);
            return serves
                    ? known
                    : new Question(now, known != null && known.silent(), threads.submit(() -> status(address)));
        });
    }

    private Optional<ServerStatus> status(String address) {
        try {
            return Optional.of(
                    links.call(address, DEADLINE, control -> control.status(StatusRequest.getDefaultInstance())));
        } catch (StatusRuntimeException e) {
            // Not answering is an observation: the server counts as silent.
            LOG.debug("{} does not answer: {}", address, e.getStatus());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

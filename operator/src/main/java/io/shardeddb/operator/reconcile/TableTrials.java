package io.shardeddb.operator.reconcile;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shardeddb.operator.desired.TablesDecision.Trial;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.plan.database.TableTrial;
import io.shardeddb.operator.plan.database.TableTrial.Candidate;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.TryTablesReply;
import io.shardeddb.protocol.wire.TryTablesRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tables that servers try, each trial on a thread of its own: no reconcile waits for one. Its outcome is remembered by
 * what was tried until other tables are tried or the operator ends; what was refused or not found out is tried again
 * after a while.
 */
final class TableTrials {

    /** A server answers within twelve seconds by itself. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /** Servers that are asked for one kind of database before it counts as not found out. */
    private static final int MOST_ASKED = 3;

    private static final Duration AGAIN_IF_UNANSWERED = Duration.ofSeconds(5);
    private static final Duration AGAIN_IF_REFUSED = Duration.ofMinutes(1);

    private final ControlLinks links;
    private final InstantSource clock;
    private final Map<String, Remembered> trials = new ConcurrentHashMap<>();

    TableTrials(ControlLinks links, InstantSource clock) {
        this.links = links;
        this.clock = clock;
    }

    /** What was tried, and its outcome. */
    private static final class Remembered {
        private final TableTrial.Key key;
        private Trial told = new Trial.Trying();
        private Instant since = Instant.EPOCH;
        private boolean running;

        private Remembered(TableTrial.Key key) {
            this.key = key;
        }
    }

    /** What is known of the tables that a database's servers tried last; absent: they tried none. */
    TableTrial.@Nullable Told told(String database) {
        Remembered remembered = trials.get(database);
        if (remembered == null) {
            return null;
        }
        synchronized (remembered) {
            return new TableTrial.Told(remembered.key, remembered.told);
        }
    }

    /**
     * Begins to try tables, unless that is going on, or its outcome is known and not due again. Returns at once.
     *
     * @param database uid of the database
     */
    void begin(String database, TableTrial trial) {
        TableTrial.Key key = trial.key();
        Remembered remembered =
                trials.compute(database, (_, old) -> old != null && old.key.equals(key) ? old : new Remembered(key));
        synchronized (remembered) {
            if (!trial.candidates().isEmpty() && !remembered.running && isDue(remembered)) {
                remembered.running = true;
                Map<String, List<Candidate>> byKind = new TreeMap<>();
                trial.candidates()
                        .forEach(candidate -> byKind.computeIfAbsent(candidate.kind(), _ -> new ArrayList<>())
                                .add(candidate));
                TryTablesRequest request = TryTablesRequest.newBuilder()
                        .setSchema(trial.wanted())
                        .setPresent(trial.present())
                        .build();
                Thread.ofVirtual().name("try-tables").start(() -> run(remembered, request, byKind));
            }
        }
    }

    private boolean isDue(Remembered remembered) {
        Duration age = Duration.between(remembered.since, clock.instant());
        return switch (remembered.told) {
            case Trial.Trying _ -> true;
            case Trial.Passed _ -> false;
            case Trial.Unanswered _ -> age.compareTo(AGAIN_IF_UNANSWERED) >= 0;
            case Trial.Refused _ -> age.compareTo(AGAIN_IF_REFUSED) >= 0;
        };
    }

    private void run(Remembered remembered, TryTablesRequest request, Map<String, List<Candidate>> byKind) {
        Trial outcome = new Trial.Unanswered("the operator stopped trying");
        try {
            outcome = outcome(request, byKind);
        } finally {
            synchronized (remembered) {
                remembered.running = false;
                remembered.told = outcome;
                remembered.since = clock.instant();
            }
        }
    }

    private Trial outcome(TryTablesRequest request, Map<String, List<Candidate>> byKind) {
        Trial unanswered = null;
        List<String> databases = new ArrayList<>();
        for (List<Candidate> alike : byKind.values()) {
            switch (ofOneKind(request, alike)) {
                case Trial.Refused refused -> {
                    return refused;
                }
                case Trial.Passed passed -> databases.addAll(passed.databases());
                case Trial other -> unanswered = other;
            }
        }
        return unanswered == null
                ? new Trial.Passed(databases.stream().distinct().toList())
                : unanswered;
    }

    private Trial ofOneKind(TryTablesRequest request, List<Candidate> alike) {
        Trial last = new Trial.Unanswered("no server answers");
        for (Candidate candidate : alike.subList(0, Math.min(MOST_ASKED, alike.size()))) {
            last = ofOne(request, candidate);
            if (!(last instanceof Trial.Unanswered)) {
                return last;
            }
        }
        return last;
    }

    private Trial ofOne(TryTablesRequest request, Candidate candidate) {
        try {
            TryTablesReply reply = links.call(candidate.address(), LIMIT, control -> control.tryTables(request));
            String engine = reply.getEngine();
            String database = engine.isEmpty() ? "the database of " + candidate.name() : engine;
            if (!reply.hasError()) {
                return new Trial.Passed(List.of(database));
            }
            String words = reply.getError().getMessage();
            return reply.getError().getCode().equals(ErrorCode.INVALID_SCHEMA.name())
                    ? new Trial.Refused(database + " cannot make them: " + words)
                    : new Trial.Unanswered(candidate.name() + ": " + words);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                // Of an older release: its shards refuse what they cannot make.
                return new Trial.Passed(List.of());
            }
            return new Trial.Unanswered(candidate.name() + " did not answer: "
                    + words(e.getStatus().getDescription(), e.getStatus().getCode()));
        }
    }

    private static String words(@Nullable String description, Status.Code code) {
        return description == null ? code.name() : description;
    }

    /** Forgets a database that is gone. */
    void forget(String database) {
        trials.remove(database);
    }
}

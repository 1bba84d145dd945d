package io.shardeddb.operator.reconcile;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shardeddb.operator.desired.TablesDecision.Trial;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.SchemaDefinition;
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
 * Tables that servers try, each trial on a thread of its own: no look waits for one. What came of it is remembered by what was tried until
 * other tables are tried or the operator ends; what was refused or not found out is tried again after a while.
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

    /**
     * A server that can be asked.
     *
     * @param name for people
     * @param address host:port
     * @param kind what tells its database from those of other servers, as far as it is known
     */
    record Candidate(String name, String address, String kind) {}

    /** What was tried, and what came of it. */
    private static final class Remembered {
        private final Object key;
        private Trial told = new Trial.Trying();
        private Instant since = Instant.EPOCH;
        private boolean running;

        private Remembered(Object key) {
            this.key = key;
        }
    }

    /** One trial is told from another by these. */
    private record Key(SchemaDefinition wanted, SchemaDefinition present, List<String> kinds) {}

    /**
     * What is known by now; begins to try when nothing is. Returns at once.
     *
     * @param database uid of the database
     * @param wanted the tables to try
     * @param present the tables in force
     */
    Trial ask(String database, SchemaDefinition wanted, SchemaDefinition present, List<Candidate> candidates) {
        Map<String, List<Candidate>> byKind = new TreeMap<>();
        candidates.forEach(candidate ->
                byKind.computeIfAbsent(candidate.kind(), _ -> new ArrayList<>()).add(candidate));
        Key key = new Key(wanted, present, List.copyOf(byKind.keySet()));
        Remembered remembered =
                trials.compute(database, (_, old) -> old != null && old.key.equals(key) ? old : new Remembered(key));
        synchronized (remembered) {
            if (byKind.isEmpty()) {
                return new Trial.Unanswered("no server answers");
            }
            if (!remembered.running && isDue(remembered)) {
                remembered.running = true;
                TryTablesRequest request = TryTablesRequest.newBuilder()
                        .setSchema(wanted)
                        .setPresent(present)
                        .build();
                Thread.ofVirtual().name("try-tables").start(() -> run(remembered, request, byKind));
            }
            return remembered.told;
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

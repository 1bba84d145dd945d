package io.shardeddb.router.documents;

import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.documents.ChangePlan.Step;
import io.shardeddb.router.documents.turn.DocumentTurns;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.topology.LatestTopology;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Changes one document: reads it, computes it, and writes it if nobody has written it meanwhile; else again. Blocks.
 *
 * <p>Each attempt has an id of its own, which follows from the client's. A repeat goes through the same ids: it meets
 * the refusals of the first run's attempts, and then its outcome.
 */
@Singleton
final class DocumentChanges {

    private static final int LONGEST_PAUSE_MILLIS = 200;
    private static final int FIRST_PAUSE_MILLIS = 4;

    private final Reads reads;
    private final Writes writes;
    private final LatestTopology topology;
    private final RouterSettings settings;
    private final DocumentTurns turns = new DocumentTurns();

    DocumentChanges(Reads reads, Writes writes, LatestTopology topology, RouterSettings settings) {
        this.reads = reads;
        this.writes = writes;
        this.topology = topology;
        this.settings = settings;
    }

    /** Changes the first document that is meant. */
    DocumentChange.Result first(String collection, DocumentChange change, DocumentCaller caller) {
        return new Run(collection, change, caller, null).first();
    }

    /**
     * Changes the document of a key, if it is meant.
     *
     * @param request id of its own under which it is changed; null: no repeat comes
     */
    DocumentChange.Result ofKey(
            String collection, DocumentChange change, DocumentCaller caller, Row key, @Nullable RequestId request) {
        return new Run(collection, change, new DocumentCaller(request, caller.content(), caller.reads()), key).first();
    }

    private final class Run {
        private final String name;
        private final DocumentChange change;
        private final DocumentCaller caller;
        private final @Nullable Row only;
        private final ShardSource source;
        private final long deadline;
        private @Nullable Row fixed;
        private int attempt = 1;

        Run(String name, DocumentChange change, DocumentCaller caller, @Nullable Row only) {
            this.name = name;
            this.change = change;
            this.caller = caller;
            this.only = only;
            this.source = new ShardSource(reads, caller.strong());
            deadline = caller.reads()
                    .atMost(System.nanoTime() + settings.writeTimeout().toNanos());
        }

        private DocumentCollection collection() {
            return DocumentCollection.of(topology.current(), name);
        }

        DocumentChange.Result first() {
            while (true) {
                DocumentChange.Result result = overCandidates();
                if (result == null) {
                    result = onNothing();
                }
                if (result != null) {
                    return result;
                }
                pause();
            }
        }

        /** Tries one document after the other that may be meant; null: none is. */
        private DocumentChange.@Nullable Result overCandidates() {
            DocumentCollection collection = collection();
            Row given = only;
            Selection selection =
                    given == null ? Selection.of(collection, change.filter()) : new Selection.Keys(List.of(given));
            switch (selection) {
                case Selection.Keys(List<Row> keys) -> {
                    fixed = keys.size() == 1 ? keys.getFirst() : null;
                    for (Row key : keys) {
                        DocumentChange.Result result = on(collection, key);
                        if (result != null) {
                            return result;
                        }
                    }
                }
                case Selection.Range(var range) -> {
                    try (ShardSource.Rows rows = source.scan(collection, range, change.filter())) {
                        while (rows.hasNext()) {
                            Row row = rows.next();
                            if (change.filter().matches(DocumentCollection.document(row))) {
                                DocumentChange.Result result =
                                        on(collection, collection.table().keyOf(row));
                                if (result != null) {
                                    return result;
                                }
                            }
                        }
                    }
                }
            }
            return null;
        }

        /** Changes the document of a key while it is meant; null: it is not, or not any more. */
        private DocumentChange.@Nullable Result on(DocumentCollection collection, Row key) {
            try (DocumentTurns.Turn _ = turns.take(name, key, deadline)) {
                while (true) {
                    StoredDocument present = source.find(collection, key);
                    if (present == null || !change.filter().matches(present.document())) {
                        return null;
                    }
                    if (!CollectionService.meets(collection, present, change.conditions())) {
                        return write(
                                new Step.Nothing(),
                                Expected.failure(new DatabaseException(
                                        ErrorCode.CONDITION_FAILED, "the document is not there with this version")));
                    }
                    DocumentChange.Result result = on(present);
                    if (result != null) {
                        return result;
                    }
                    pause();
                }
            }
        }

        private DocumentChange.@Nullable Result on(StoredDocument present) {
            ObjectValue after;
            try {
                after = change.computing().after(present.document());
                if (after != null) {
                    ChangePlan.requireSameKey(collection(), present, after);
                }
            } catch (DatabaseException e) {
                return write(new Step.Nothing(), Expected.failure(e));
            }
            if (after != null && after.equals(present.document())) {
                return write(new Step.Nothing(), new Expected(1, 0, null, present.document(), after, null));
            }
            Step step = after == null ? new Step.Remove(present) : new Step.Replace(present, after);
            return write(step, new Expected(1, 1, null, present.document(), after, null));
        }

        private DocumentChange.@Nullable Result onNothing() {
            DocumentChange.Insertion insertion = change.insertion();
            if (insertion == null) {
                return write(new Step.Nothing(), new Expected(0, 0, null, null, null, null));
            }
            ObjectValue document;
            try {
                document = insertion.document(newId());
                collection().key(document);
            } catch (DatabaseException e) {
                return write(new Step.Nothing(), Expected.failure(e));
            }
            return write(
                    new Step.Insert(document), new Expected(0, 0, document.get(DocumentId.NAME), null, document, null));
        }

        private DocumentValue newId() {
            RequestId request = caller.id();
            return request == null
                    ? DocumentId.generate(System.currentTimeMillis(), ThreadLocalRandom.current())
                    : AttemptIds.ofNew(request, 1).getFirst();
        }

        /** @return null: something came in between, and it is to be tried again */
        private DocumentChange.@Nullable Result write(Step step, Expected expected) {
            RequestId request = caller.id();
            if (request == null) {
                return step instanceof Step.Nothing
                        ? expected.result(0, source.seen())
                        : settle(step, expected, sent(null, step));
            }
            return settle(step, expected, sent(AttemptIds.ofAttempt(request, attempt), step));
        }

        private Writes.Result sent(@Nullable RequestId id, Step step) {
            RequestId request = caller.id();
            try {
                return writes.run(
                                id,
                                caller::content,
                                now -> {
                                    DocumentCollection collection = DocumentCollection.of(now, name);
                                    return request == null
                                            ? ChangePlan.alone(now, collection, step)
                                            : ChangePlan.remembered(now, collection, step, request, fixed);
                                },
                                deadline)
                        .join();
            } catch (CompletionException e) {
                throw Writes.error(e);
            }
        }

        private DocumentChange.@Nullable Result settle(Step step, Expected expected, Writes.Result result) {
            DatabaseException error = result.gravest();
            if (error == null) {
                SessionToken session = source.seen().with(result.indexes());
                boolean repeated = caller.id() != null && isRepeated(result);
                return repeated ? earlier(result, session) : expected.result(result.timestamp(), session);
            }
            return switch (error.code()) {
                case ROW_NOT_FOUND ->
                    step instanceof Step.Nothing
                            ? expected.result(0, source.seen())
                            // The first run found nothing to do.
                            : DocumentChange.Result.none(source.seen());
                case CONDITION_FAILED, DUPLICATE_KEY -> {
                    attempt++;
                    yield null;
                }
                default -> throw error;
            };
        }

        private static boolean isRepeated(Writes.Result result) {
            return result.parts().stream()
                    .map(Writes.PartResult::reply)
                    .anyMatch(reply -> reply != null && reply.getRepeated());
        }

        /** What an earlier run of the request did. */
        private DocumentChange.Result earlier(Writes.Result result, SessionToken session) {
            int[] affected = result.affected(ChangePlan.OPERATIONS);
            DocumentChange.Insertion insertion = change.insertion();
            boolean inserted = affected[ChangePlan.INSERTION] > 0 && insertion != null;
            DocumentValue upserted =
                    inserted && insertion != null ? insertion.document(newId()).get(DocumentId.NAME) : null;
            int modified = affected[ChangePlan.CHANGE] > 0 ? 1 : 0;
            return new DocumentChange.Result(
                    modified, modified, upserted, result.timestamp(), null, null, true, session);
        }

        private void pause() {
            if (System.nanoTime() - deadline >= 0) {
                throw new DatabaseException(
                        ErrorCode.BUSY_DOCUMENT,
                        "others changed the document each time before this change of it was written;"
                                + " nothing was changed",
                        Map.of("collection", name, "attempts", Integer.toString(attempt)));
            }
            int longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 6));
            try {
                Thread.sleep(ThreadLocalRandom.current().nextInt(1, longest + 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DatabaseException(ErrorCode.SHUTTING_DOWN, "the router is going down");
            }
        }
    }

    /** What a step comes to if it is done now, for the first time. */
    private record Expected(
            int matched,
            int modified,
            @Nullable DocumentValue upsertedId,
            @Nullable ObjectValue before,
            @Nullable ObjectValue after,
            @Nullable DatabaseException failure) {

        static Expected failure(DatabaseException failure) {
            return new Expected(0, 0, null, null, null, failure);
        }

        DocumentChange.Result result(long timestamp, SessionToken session) {
            if (failure != null) {
                throw failure;
            }
            return new DocumentChange.Result(matched, modified, upsertedId, timestamp, before, after, false, session);
        }
    }
}

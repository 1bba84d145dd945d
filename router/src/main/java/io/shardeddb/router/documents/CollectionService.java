package io.shardeddb.router.documents;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentRules;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.router.declare.CollectionDeclarations;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collections and their documents, for whatever interface. All blocks, so it belongs on virtual threads; what fails is
 * a {@link DatabaseException}.
 */
@Singleton
public final class CollectionService {

    private static final String ID = DocumentId.NAME;

    private final Reads reads;
    private final Writes writes;
    private final LatestTopology topology;
    private final DocumentChanges changes;
    private final CollectionDeclarations declarations;

    CollectionService(
            Reads reads,
            Writes writes,
            LatestTopology topology,
            DocumentChanges changes,
            CollectionDeclarations declarations) {
        this.reads = reads;
        this.writes = writes;
        this.topology = topology;
        this.changes = changes;
        this.declarations = declarations;
    }

    /** All collections in force. */
    public List<DocumentCollection> collections() {
        return DocumentCollection.all(topology.current());
    }

    /** A collection in force. @throws DatabaseException COLLECTION_NOT_FOUND */
    public DocumentCollection collection(String name) {
        return DocumentCollection.of(topology.current(), name);
    }

    /**
     * What an insert came to.
     *
     * @param ids of the documents, in the request's order
     * @param timestamp of the write, which is the version of each document; 0 where none was given
     */
    public record Inserted(List<DocumentValue> ids, long timestamp, SessionToken session) {}

    /**
     * Inserts documents, all or none. One without an {@code _id} gets one. It may make the collection.
     *
     * @throws DatabaseException DUPLICATE_KEY with the id, INVALID_DOCUMENT, TOO_LARGE
     */
    public Inserted insert(String name, List<ObjectValue> documents, DocumentCaller caller) {
        List<DocumentValue> fresh = newIds(caller.id(), documents.size());
        List<ObjectValue> whole = new ArrayList<>(documents.size());
        List<DocumentValue> ids = new ArrayList<>(documents.size());
        Set<DocumentValue> seen = new HashSet<>();
        for (int i = 0; i < documents.size(); i++) {
            ObjectValue given = documents.get(i);
            ObjectValue document = given.get(ID) == null ? given.with(ID, fresh.get(i)) : given;
            DocumentRules.storable(document, place(documents.size(), i));
            DocumentValue id = present(document.get(ID));
            if (!seen.add(id)) {
                throw duplicate(name, id, "stands twice in the request");
            }
            ids.add(id);
            whole.add(document);
        }
        makeOnFirstUse(name);
        if (whole.isEmpty()) {
            return new Inserted(List.of(), 0, caller.session());
        }
        Writes.Result result = run(caller, now -> {
            DocumentCollection collection = DocumentCollection.of(now, name);
            WritePlan plan = new WritePlan(collection.table());
            plan.wholeAlways();
            for (int i = 0; i < whole.size(); i++) {
                ObjectValue document = whole.get(i);
                plan.add(
                        now.shardOf(collection.table(), collection.key(document)),
                        ChangePlan.insert(collection, document, place(whole.size(), i)));
            }
            return plan;
        });
        DatabaseException error = result.gravest();
        if (error != null) {
            throw error.code() == ErrorCode.DUPLICATE_KEY ? duplicate(name, error, ids) : error;
        }
        return new Inserted(ids, result.timestamp(), caller.session().with(result.indexes()));
    }

    private static Place place(int count, int number) {
        Place place = new Place("document");
        return count == 1 ? place : place.then(number);
    }

    private static DocumentValue present(@Nullable DocumentValue value) {
        return value == null ? DocumentValue.NullValue.NULL : value;
    }

    private static List<DocumentValue> newIds(@Nullable RequestId request, int count) {
        if (request != null) {
            return AttemptIds.ofNew(request, count);
        }
        List<DocumentValue> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(DocumentId.generate(System.currentTimeMillis(), ThreadLocalRandom.current()));
        }
        return ids;
    }

    private static DatabaseException duplicate(String name, DatabaseException error, List<DocumentValue> ids) {
        String row = error.details().getOrDefault("row", "0");
        int number = row.matches("[0-9]{1,6}") ? Integer.parseInt(row) : 0;
        return duplicate(name, ids.get(Math.min(number, ids.size() - 1)), "exists in collection " + name);
    }

    private static DatabaseException duplicate(String name, DocumentValue id, String how) {
        String text = id.toJson();
        return new DatabaseException(
                ErrorCode.DUPLICATE_KEY,
                "a document with the _id " + text + " " + how,
                Map.of("collection", name, "id", text));
    }

    private void makeOnFirstUse(String name) {
        Topology now = topology.current();
        if (now.initialised() && now.schema().find(name) == null) {
            declarations.firstUse(name);
        }
    }

    /**
     * A document as a read found it.
     *
     * @param document absent: there is none
     * @param session what the client has seen
     */
    public record Found(@Nullable StoredDocument document, SessionToken session) {}

    /** Reads the document of an id, as fresh as the caller asks. */
    public Found find(String name, DocumentValue id, DocumentCaller caller) {
        DocumentCollection collection = collection(name);
        ShardSource source = new ShardSource(reads, caller.reads());
        return new Found(find(source, collection, id), source.seen());
    }

    /**
     * A document that is there.
     *
     * @param session what the client has seen
     */
    public record Present(StoredDocument document, SessionToken session) {}

    /**
     * Reads the document of an id, which must be there.
     *
     * @param conditions that it must meet
     * @throws DatabaseException DOCUMENT_NOT_FOUND, CONDITION_FAILED
     */
    public Present get(String name, DocumentValue id, List<Precondition> conditions, DocumentCaller caller) {
        Found found = find(name, id, caller);
        StoredDocument stored = found.document();
        if (stored == null) {
            throw notFound(name, id);
        }
        if (!meets(collection(name), stored, conditions)) {
            throw new DatabaseException(ErrorCode.CONDITION_FAILED, "the document is not there with this version");
        }
        return new Present(stored, found.session());
    }

    /** With a shard key, the id alone does not say where the document is: all shards are asked. */
    static @Nullable StoredDocument find(ShardSource source, DocumentCollection collection, DocumentValue id) {
        byte[] bytes = DocumentId.bytes(id, new Place(ID));
        if (collection.isById()) {
            return source.find(collection, Row.of(DocumentCollection.bytes(bytes)));
        }
        try (ShardSource.Rows keys = source.keys(collection)) {
            while (keys.hasNext()) {
                Row key = keys.next();
                if (key.get(1).equals(DocumentCollection.bytes(bytes))) {
                    StoredDocument found = source.find(collection, key);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return null;
    }

    /**
     * What a write of one document came to.
     *
     * @param version of the document afterwards; 0: it is gone
     * @param timestamp of the write
     */
    public record Written(long version, long timestamp, SessionToken session) {}

    /**
     * Inserts a document, or replaces the one of its id. It may make the collection.
     *
     * @param document with or without its {@code _id}
     * @param conditions that the present document must meet
     * @throws DatabaseException CONDITION_FAILED, INVALID_DOCUMENT, TOO_LARGE; UPDATE_FAILED when it would have another
     *     value of the shard key
     */
    public Written put(
            String name, DocumentValue id, ObjectValue document, List<Precondition> conditions, DocumentCaller caller) {
        DocumentValue own = document.get(ID);
        if (own != null && !own.equals(id)) {
            throw new Place("document")
                    .then(ID)
                    .refuse(ErrorCode.INVALID_DOCUMENT, "the path names another _id, " + id.toJson());
        }
        ObjectValue whole = DocumentRules.storable(document.with(ID, id), new Place("document"));
        makeOnFirstUse(name);
        DocumentCollection known = collection(name);
        if (!known.isById()) {
            StoredDocument elsewhere = find(new ShardSource(reads, caller.strong()), known, id);
            if (elsewhere != null) {
                ChangePlan.requireSameKey(known, elsewhere, whole);
            }
        }
        Writes.Result result = run(caller, now -> {
            DocumentCollection collection = DocumentCollection.of(now, name);
            WritePlan plan = new WritePlan(collection.table());
            plan.add(
                    now.shardOf(collection.table(), collection.key(whole)),
                    ChangePlan.upsert(collection, whole, conditions));
            return plan;
        });
        return written(result, caller, name, id);
    }

    /**
     * Removes the document of an id.
     *
     * @param conditions that it must meet
     * @throws DatabaseException DOCUMENT_NOT_FOUND, CONDITION_FAILED
     */
    public Written remove(String name, DocumentValue id, List<Precondition> conditions, DocumentCaller caller) {
        DocumentCollection known = collection(name);
        byte[] bytes = DocumentId.bytes(id, new Place(ID));
        if (known.isById()) {
            Row key = Row.of(DocumentCollection.bytes(bytes));
            return written(run(caller, now -> removal(now, name, key, conditions)), caller, name, id);
        }
        Filter filter = Filter.parse(ObjectValue.of(Map.of(ID, id)), new Place("filter"));
        DocumentChange.Result result =
                changes.first(name, new DocumentChange(filter, document -> null, null, conditions), caller);
        if (result.modified() == 0) {
            throw notFound(name, id);
        }
        return new Written(0, result.timestamp(), result.session());
    }

    private static WritePlan removal(Topology now, String name, Row key, List<Precondition> conditions) {
        DocumentCollection collection = DocumentCollection.of(now, name);
        WritePlan plan = new WritePlan(collection.table());
        plan.add(now.shardOf(collection.table(), key), ChangePlan.remove(key, true, conditions));
        return plan;
    }

    private static Written written(Writes.Result result, DocumentCaller caller, String name, DocumentValue id) {
        DatabaseException error = result.gravest();
        if (error != null) {
            throw error.code() == ErrorCode.ROW_NOT_FOUND ? notFound(name, id) : error;
        }
        return new Written(
                result.versions()[0], result.timestamp(), caller.session().with(result.indexes()));
    }

    /** The error of an id that no document has. */
    private static DatabaseException notFound(String name, DocumentValue id) {
        String text = id.toJson();
        return new DatabaseException(
                ErrorCode.DOCUMENT_NOT_FOUND,
                "collection " + name + " has no document with the _id " + text,
                Map.of("collection", name, "id", text));
    }

    private Writes.Result run(DocumentCaller caller, Function<Topology, WritePlan> plan) {
        try {
            return writes.run(caller.id(), caller::content, plan, caller.reads().until())
                    .join();
        } catch (CompletionException e) {
            throw Writes.error(e);
        }
    }

    /** Whether a document meets conditions. */
    static boolean meets(DocumentCollection collection, StoredDocument document, List<Precondition> conditions) {
        StoredRow row = new StoredRow(document.key(), document.version());
        return conditions.stream().allMatch(each -> each.holds(collection.table(), row));
    }
}

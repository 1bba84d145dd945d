package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.InstantSource;

/** Deleting objects: at once, or by a mark that finalizers, the node agent or the garbage collector answer. */
public final class Deletion {
    /** The finalizer of an object whose dependents go first. */
    public static final String FOREGROUND = "foregroundDeletion";

    /** The finalizer of an object whose dependents stay. */
    public static final String ORPHAN = "orphan";

    private static final int ATTEMPTS = 50;

    private final ObjectStore store;
    private final InstantSource clock;

    /** Makes the deletions of a store. */
    public Deletion(ObjectStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * The outcome.
     *
     * @param object the object as it is, or as it last was
     * @param gone whether it is gone already
     */
    public record Deleted(ObjectNode object, boolean gone) {}

    /**
     * Deletes an object.
     *
     * @param options DeleteOptions: preconditions, propagationPolicy, gracePeriodSeconds, dryRun
     */
    public Deleted delete(Kind kind, ObjectKey key, JsonNode options) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ObjectNode current = store.get(key);
            if (current == null) {
                throw ApiException.notFound(kind, key.name());
            }
            checkPreconditions(kind, current, options.path("preconditions"));
            ObjectNode marked = mark(kind, current, options);
            if (!options.path("dryRun").isEmpty()) {
                return new Deleted(current, mayVanish(key, marked));
            }
            if (mayVanish(key, marked)) {
                ObjectNode last = store.remove(key, current);
                if (last != null) {
                    return new Deleted(last, true);
                }
            } else if (Tree.same(current, marked)) {
                return new Deleted(current, false);
            } else {
                ObjectNode stored = store.replace(key, current, marked);
                if (stored != null) {
                    return new Deleted(stored, false);
                }
            }
        }
        throw ApiException.modified(kind, key.name());
    }

    /** Whether nothing holds the object any more. */
    static boolean mayVanish(ObjectKey key, JsonNode object) {
        boolean namespaceInUse = key.resource().equals("namespaces")
                && !Tree.at(object, "spec", "finalizers").isEmpty();
        return Meta.deleting(object)
                && Meta.finalizers(object).isEmpty()
                && Tree.at(object, "metadata", "deletionGracePeriodSeconds").asLong(0) == 0
                && !namespaceInUse;
    }

    private ObjectNode mark(Kind kind, ObjectNode current, JsonNode options) {
        ObjectNode marked = current.deepCopy();
        ObjectNode metadata = Meta.of(marked);
        long grace = grace(kind, current, options);
        if (!Meta.deleting(current)) {
            metadata.put("deletionTimestamp", Meta.time(clock.instant().plusSeconds(grace)));
            metadata.put("deletionGracePeriodSeconds", grace);
            if (kind.countsGenerations()) {
                metadata.put("generation", metadata.path("generation").asLong(0) + 1);
            }
        } else if (grace < metadata.path("deletionGracePeriodSeconds").asLong(0)) {
            metadata.put("deletionTimestamp", Meta.time(clock.instant().plusSeconds(grace)));
            metadata.put("deletionGracePeriodSeconds", grace);
        }
        String policy = options.path("propagationPolicy")
                .asText(options.path("orphanDependents").asBoolean() ? "Orphan" : "");
        switch (policy) {
            case "Foreground" -> finalizer(metadata, FOREGROUND, ORPHAN);
            case "Orphan" -> finalizer(metadata, ORPHAN, FOREGROUND);
            case "", "Background" -> {}
            default ->
                throw ApiException.badRequest("propagationPolicy \"" + policy
                        + "\" is unknown; allowed are Background, Foreground and Orphan");
        }
        if (kind.resource().equals("namespaces")) {
            Tree.child(marked, "status").put("phase", "Terminating");
        }
        return marked;
    }

    private static void finalizer(ObjectNode metadata, String wanted, String other) {
        ArrayNode list = Tree.array();
        for (JsonNode finalizer : metadata.path("finalizers")) {
            if (!finalizer.asText().equals(other) && !finalizer.asText().equals(wanted)) {
                list.add(finalizer);
            }
        }
        list.add(wanted);
        metadata.set("finalizers", list);
    }

    private static long grace(Kind kind, JsonNode current, JsonNode options) {
        if (!kind.resource().equals("pods")) {
            return 0;
        }
        String phase = Tree.textOr(current, "", "status", "phase");
        boolean neverRan = Tree.text(current, "spec", "nodeName") == null;
        if (neverRan || phase.equals("Succeeded") || phase.equals("Failed")) {
            return 0;
        }
        JsonNode asked = options.path("gracePeriodSeconds");
        return Math.max(
                0,
                asked.isNumber()
                        ? asked.asLong()
                        : Tree.at(current, "spec", "terminationGracePeriodSeconds")
                                .asLong(30));
    }

    private static void checkPreconditions(Kind kind, JsonNode current, JsonNode preconditions) {
        String uid = preconditions.path("uid").asText();
        if (!uid.isEmpty() && !uid.equals(Meta.uid(current))) {
            throw ApiException.conflict(
                    kind,
                    Meta.name(current),
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + Meta.uid(current));
        }
        long revision = preconditions.path("resourceVersion").asLong(0);
        if (revision != 0 && revision != Meta.revision(current)) {
            throw ApiException.conflict(
                    kind,
                    Meta.name(current),
                    "Precondition failed: ResourceVersion in precondition: " + revision
                            + ", ResourceVersion in object meta: " + Meta.revision(current));
        }
    }
}

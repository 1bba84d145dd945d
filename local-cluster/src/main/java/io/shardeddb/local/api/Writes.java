package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.patch.InvalidPatch;
import io.shardeddb.local.patch.MergeTypes;
import io.shardeddb.local.patch.Ownership;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Creating and changing objects: identity, defaults, validation, generations, field ownership and optimistic
 * concurrency, the same for requests over HTTP and for the controllers inside.
 */
public final class Writes {
    private static final int ATTEMPTS = 50;
    private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private final ObjectStore store;
    private final Kinds kinds;
    private final Preparation preparation;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** Makes the writes of a store. */
    public Writes(
            ObjectStore store, Kinds kinds, Preparation preparation, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.kinds = kinds;
        this.preparation = preparation;
        this.clock = clock;
        this.random = random;
    }

    /** The object as it is stored. */
    public ObjectNode current(Kind kind, ObjectKey key) {
        ObjectNode object = store.get(key);
        if (object == null) {
            throw ApiException.notFound(kind, key.name());
        }
        return object;
    }

    /** Creates an object. */
    public ObjectNode create(Kind kind, String namespace, ObjectNode body, WriteOptions options) {
        ObjectNode object = body.deepCopy();
        Meta.of(object).remove("managedFields");
        return create(kind, namespace, object, options, false);
    }

    /** Creates an object whose managed fields are settled already when it comes from an apply. */
    ObjectNode create(Kind kind, String namespace, ObjectNode object, WriteOptions options, boolean applied) {
        ObjectNode metadata = Meta.of(object);
        checkIdentity(kind, object, namespace);
        if (Meta.revision(object) != 0) {
            throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
        }
        String generate = metadata.path("generateName").asText();
        boolean generated = Meta.name(object).isEmpty() && !generate.isEmpty();
        if (generated) {
            metadata.put("name", generate + suffix());
        }
        String name = Meta.name(object);
        if (name.isEmpty()) {
            throw ApiException.invalid(
                    kind,
                    "",
                    java.util.List.of(new io.shardeddb.local.schema.FieldError(
                            "FieldValueRequired",
                            "metadata.name",
                            "Required value: name or generateName is required")));
        }
        checkNamespace(kind, namespace);
        ObjectKey key = kind.key(namespace, name);
        for (String system :
                new String[] {"selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"}) {
            metadata.remove(system);
        }
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", Meta.time(clock.instant()));
        metadata.remove("generation");
        if (kind.countsGenerations()) {
            metadata.put("generation", 1);
        }
        if (kind.has("status")) {
            object.remove("status");
        }
        preparation.prepare(kind, object, null, options);
        if (!applied) {
            Ownership.update(Tree.object(), object, MergeTypes.of(kind), manager(kind, "", options, false));
        }
        toStorageVersion(kind, object);
        if (options.dryRun()) {
            if (store.get(key) != null) {
                throw ApiException.alreadyExists(kind, name);
            }
            return object;
        }
        ObjectNode stored = store.create(key, object);
        if (stored == null) {
            throw ApiException.alreadyExists(kind, name);
        }
        return stored;
    }

    /** Replaces an object, or a subresource of it. */
    public ObjectNode update(Kind kind, ObjectKey key, String subresource, ObjectNode body, WriteOptions options) {
        checkIdentity(kind, body, key.namespace());
        if (!Meta.name(body).equals(key.name())) {
            throw ApiException.badRequest("the name of the object (" + Meta.name(body)
                    + ") does not match the name on the URL (" + key.name() + ")");
        }
        return change(kind, key, subresource, current -> body.deepCopy(), options);
    }

    /**
     * Changes an object from what it is, again when it changes meanwhile.
     *
     * @param change makes the wanted object from a copy of the current one; a resourceVersion it sets must be the
     *     current
     */
    public ObjectNode change(
            Kind kind, ObjectKey key, String subresource, UnaryOperator<ObjectNode> change, WriteOptions options) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ObjectNode current = current(kind, key);
            ObjectNode wanted = change.apply(current.deepCopy());
            checkPreconditions(kind, current, wanted);
            ObjectNode next = next(kind, current, wanted, subresource);
            preparation.prepare(kind, next, current, options);
            countGeneration(kind, current, next);
            Ownership.update(current, next, MergeTypes.of(kind), manager(kind, subresource, options, false));
            toStorageVersion(kind, next);
            ObjectNode stored = commit(key, current, next, options);
            if (stored != null) {
                return stored;
            }
        }
        throw ApiException.modified(kind, key.name());
    }

    /** Applies a configuration (server-side apply); creates the object when there is none. */
    public ObjectNode apply(Kind kind, ObjectKey key, String subresource, ObjectNode body, WriteOptions options) {
        checkIdentity(kind, body, key.namespace());
        if (!Tree.at(body, "metadata", "managedFields").isMissingNode()
                && !Tree.at(body, "metadata", "managedFields").isEmpty()) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        Meta.of(body).put("name", key.name());
        UnknownFields.refuseInApply(kind, key, body);
        try {
            Ownership.refuseDuplicates(body, MergeTypes.of(kind));
        } catch (InvalidPatch e) {
            throw ApiException.badRequest("failed to create typed patch object: " + e.getMessage());
        }
        Ownership.Writer manager = manager(kind, subresource, options, true);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ObjectNode current = store.get(key);
            ObjectNode config = scoped(kind, body, subresource);
            if (current == null) {
                if (!subresource.isEmpty()) {
                    throw ApiException.notFound(kind, key.name());
                }
                if (!Meta.uid(body).isEmpty()) {
                    throw ApiException.conflict(
                            kind,
                            key.name(),
                            "uid mismatch: the provided object specified uid " + Meta.uid(body)
                                    + ", and no existing object was found");
                }
                ObjectNode fresh = Ownership.apply(Tree.object(), config, MergeTypes.of(kind), manager, true)
                        .object();
                try {
                    return create(kind, key.namespace(), fresh, options, true);
                } catch (ApiException e) {
                    if (e.code() != 409) {
                        throw e;
                    }
                    continue;
                }
            }
            checkPreconditions(kind, current, body);
            Ownership.Applied applied = Ownership.apply(current, config, MergeTypes.of(kind), manager, options.force());
            if (!applied.conflicts().isEmpty()) {
                throw ApiException.applyConflict(applied.conflicts());
            }
            ObjectNode next = next(kind, current, applied.object(), subresource);
            preparation.prepare(kind, next, current, options);
            countGeneration(kind, current, next);
            JsonNode managed = Tree.at(applied.object(), "metadata", "managedFields");
            if (managed.isEmpty()) {
                Meta.of(next).remove("managedFields");
            } else {
                Meta.of(next).set("managedFields", managed);
            }
            toStorageVersion(kind, next);
            ObjectNode stored = commit(key, current, next, options);
            if (stored != null) {
                return stored;
            }
        }
        throw ApiException.modified(kind, key.name());
    }

    private @Nullable ObjectNode commit(ObjectKey key, ObjectNode current, ObjectNode next, WriteOptions options) {
        if (options.dryRun() || Tree.same(current, next)) {
            return next;
        }
        return Deletion.mayVanish(key, next) ? store.remove(key, current) : store.replace(key, current, next);
    }

    /** What an apply to an object or subresource may own. */
    private static ObjectNode scoped(Kind kind, ObjectNode body, String subresource) {
        ObjectNode config = body.deepCopy();
        for (String system : new String[] {
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "managedFields",
            "selfLink",
            "deletionTimestamp",
            "deletionGracePeriodSeconds"
        }) {
            Meta.of(config).remove(system);
        }
        if (subresource.isEmpty()) {
            if (kind.has("status")) {
                config.remove("status");
            }
            return config;
        }
        ObjectNode only = Tree.object();
        only.set("apiVersion", config.path("apiVersion"));
        only.set("kind", config.path("kind"));
        ObjectNode metadata = only.putObject("metadata");
        metadata.put("name", Meta.name(config));
        if (!Meta.namespace(config).isEmpty()) {
            metadata.put("namespace", Meta.namespace(config));
        }
        JsonNode part = config.get(subresource);
        if (part != null) {
            only.set(subresource, part);
        }
        return only;
    }

    /** The next object: of the wanted one what the path may change, of the current one all else. */
    private static ObjectNode next(Kind kind, ObjectNode current, ObjectNode wanted, String subresource) {
        if (!subresource.isEmpty()) {
            ObjectNode next = current.deepCopy();
            copyField(wanted, next, subresource);
            return next;
        }
        ObjectNode next = wanted.deepCopy();
        ObjectNode metadata = Meta.of(next);
        ObjectNode before = Meta.of(current.deepCopy());
        for (String system : new String[] {
            "name",
            "namespace",
            "uid",
            "creationTimestamp",
            "generation",
            "resourceVersion",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generateName"
        }) {
            copyField(before, metadata, system);
        }
        copyField(before, metadata, "managedFields");
        if (kind.has("status")) {
            copyField(current, next, "status");
        }
        if (Meta.deleting(current) && !Meta.finalizers(current).containsAll(Meta.finalizers(next))) {
            throw ApiException.invalid(
                    kind,
                    Meta.name(current),
                    java.util.List.of(new io.shardeddb.local.schema.FieldError(
                            "FieldValueForbidden",
                            "metadata.finalizers",
                            "Forbidden: no new finalizers can be added if the object is being deleted")));
        }
        return next;
    }

    private static void copyField(ObjectNode from, ObjectNode to, String field) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value.deepCopy());
        }
    }

    private static void countGeneration(Kind kind, ObjectNode current, ObjectNode next) {
        if (!kind.countsGenerations()) {
            return;
        }
        boolean changed = kind.custom() == null
                ? !Tree.same(current.path("spec"), next.path("spec"))
                : !Tree.same(content(kind, current), content(kind, next));
        if (changed) {
            Meta.of(next)
                    .put(
                            "generation",
                            Tree.at(current, "metadata", "generation").asLong(0) + 1);
        }
    }

    private static ObjectNode content(Kind kind, ObjectNode object) {
        ObjectNode content = object.deepCopy();
        content.remove("metadata");
        content.remove("apiVersion");
        if (kind.has("status")) {
            content.remove("status");
        }
        return content;
    }

    private Ownership.Writer manager(Kind kind, String subresource, WriteOptions options, boolean apply) {
        return new Ownership.Writer(options.manager(), apply, kind.apiVersion(), subresource, clock.instant());
    }

    private static void checkPreconditions(Kind kind, ObjectNode current, JsonNode wanted) {
        long revision = Meta.revision(wanted);
        if (revision != 0 && revision != Meta.revision(current)) {
            throw ApiException.modified(kind, Meta.name(current));
        }
        String uid = Meta.uid(wanted);
        if (!uid.isEmpty() && !uid.equals(Meta.uid(current))) {
            throw ApiException.conflict(
                    kind,
                    Meta.name(current),
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + Meta.uid(current));
        }
    }

    private void checkIdentity(Kind kind, ObjectNode object, String namespace) {
        String apiVersion = Tree.textOr(object, kind.apiVersion(), "apiVersion");
        String name = Tree.textOr(object, kind.kind(), "kind");
        if (!apiVersion.equals(kind.apiVersion()) || !name.equals(kind.kind())) {
            throw ApiException.badRequest("the object is a " + apiVersion + " " + name + ", the path is for "
                    + kind.apiVersion() + " " + kind.kind());
        }
        object.put("apiVersion", kind.apiVersion());
        object.put("kind", kind.kind());
        String own = Meta.namespace(object);
        if (!kind.namespaced()) {
            Meta.of(object).remove("namespace");
        } else if (own.isEmpty()) {
            Meta.of(object).put("namespace", namespace);
        } else if (!own.equals(namespace)) {
            throw ApiException.badRequest(
                    "the namespace of the provided object does not match the namespace sent on" + " the request");
        }
    }

    private void checkNamespace(Kind kind, String namespace) {
        if (!kind.namespaced()) {
            return;
        }
        Kind namespaces = kinds.builtIn("namespaces");
        ObjectNode there = store.get(namespaces.key("", namespace));
        if (there == null) {
            throw ApiException.notFound(namespaces, namespace);
        }
        if (Meta.deleting(there)) {
            throw ApiException.forbidden(
                    kind,
                    "",
                    "unable to create new content in namespace " + namespace + " because it is being terminated");
        }
    }

    private static void toStorageVersion(Kind kind, ObjectNode object) {
        Kind.Custom custom = kind.custom();
        if (custom != null) {
            object.put("apiVersion", kind.group() + "/" + custom.storageVersion());
        }
    }

    private String suffix() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            suffix.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
        }
        return suffix.toString();
    }
}

package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The API as the controllers inside use it, without HTTP. Objects handed out must not be changed in place. */
public final class Objects {
    private final ObjectStore store;
    private final Kinds kinds;
    private final Writes writes;
    private final Deletion deletion;
    private final InstantSource clock;
    private final String manager;

    /** Makes the view of one controller, which is its field manager too. */
    public Objects(
            ObjectStore store, Kinds kinds, Writes writes, Deletion deletion, InstantSource clock, String manager) {
        this.store = store;
        this.kinds = kinds;
        this.writes = writes;
        this.deletion = deletion;
        this.clock = clock;
        this.manager = manager;
    }

    /** The same for another controller. */
    public Objects as(String otherManager) {
        return new Objects(store, kinds, writes, deletion, clock, otherManager);
    }

    /** The store below. */
    public ObjectStore store() {
        return store;
    }

    /** All kinds. */
    public Kinds kinds() {
        return kinds;
    }

    /** The moment. */
    public Instant now() {
        return clock.instant();
    }

    /** One object, or null. */
    public @Nullable ObjectNode get(String resource, String namespace, String name) {
        return store.get(new ObjectKey(resource, namespace, name));
    }

    /** The objects of a resource, of one namespace unless it is empty. */
    public List<ObjectNode> list(String resource, String namespace) {
        return store.list(resource, namespace).objects();
    }

    /** The objects of a namespace that the object with this uid controls. */
    public Stream<ObjectNode> controlled(String resource, String namespace, String uid) {
        return list(resource, namespace).stream().filter(o -> Meta.controlledBy(o, uid));
    }

    private Kind kind(String resource) {
        Kind kind = kinds.ofResource(resource);
        if (kind == null) {
            throw new IllegalArgumentException("no resource " + resource);
        }
        return kind;
    }

    /** Creates an object; empty when there is one of this name already or the namespace ends. */
    public Optional<ObjectNode> create(String resource, ObjectNode object) {
        try {
            return Optional.of(writes.create(kind(resource), Meta.namespace(object), object, WriteOptions.of(manager)));
        } catch (ApiException e) {
            if (e.code() == 409 || e.code() == 403) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Changes an object from its current state; empty when it is gone. */
    public Optional<ObjectNode> change(ObjectNode object, String resource, UnaryOperator<ObjectNode> change) {
        return change(object, resource, "", change);
    }

    /** Changes the status of an object from its current state; empty when it is gone. */
    public Optional<ObjectNode> changeStatus(ObjectNode object, String resource, UnaryOperator<ObjectNode> change) {
        return change(object, resource, "status", change);
    }

    private Optional<ObjectNode> change(
            ObjectNode object, String resource, String subresource, UnaryOperator<ObjectNode> change) {
        String uid = Meta.uid(object);
        try {
            return Optional.of(writes.change(
                    kind(resource),
                    kind(resource).key(Meta.namespace(object), Meta.name(object)),
                    subresource,
                    current -> {
                        ObjectNode next = change.apply(current);
                        Meta.of(next).put("uid", uid);
                        return next;
                    },
                    WriteOptions.of(manager)));
        } catch (ApiException e) {
            if (e.code() == 404 || e.code() == 409) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Deletes an object in the background, if it is still this one. */
    public void delete(ObjectNode object, String resource) {
        delete(object, resource, Tree.object());
    }

    /** Deletes an object with options, if it is still this one. */
    public void delete(ObjectNode object, String resource, ObjectNode options) {
        Tree.child(options, "preconditions").put("uid", Meta.uid(object));
        try {
            deletion.delete(kind(resource), kind(resource).key(Meta.namespace(object), Meta.name(object)), options);
        } catch (ApiException e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }

    /** Records an event about an object; the same event again only raises its count. */
    public void event(JsonNode about, String type, String reason, String message) {
        String namespace = Meta.namespace(about).isEmpty() ? "default" : Meta.namespace(about);
        String identity = Integer.toHexString(java.util.Objects.hash(
                Meta.uid(about), reason, message, manager, about.path("kind").asText()));
        String name = Meta.name(about) + "." + identity;
        ObjectNode existing = get("events", namespace, name);
        String time = Meta.time(now());
        if (existing != null) {
            change(existing, "events", "", event -> {
                event.put("count", event.path("count").asInt(1) + 1);
                event.put("lastTimestamp", time);
                return event;
            });
            return;
        }
        ObjectNode event = Tree.object();
        Meta.of(event).put("namespace", namespace).put("name", name);
        ObjectNode involved = event.putObject("involvedObject");
        involved.put("kind", about.path("kind").asText());
        involved.put("apiVersion", about.path("apiVersion").asText());
        involved.put("name", Meta.name(about));
        involved.put("namespace", Meta.namespace(about));
        involved.put("uid", Meta.uid(about));
        event.put("type", type);
        event.put("reason", reason);
        event.put("message", message);
        event.put("count", 1);
        event.put("firstTimestamp", time);
        event.put("lastTimestamp", time);
        event.putObject("source").put("component", manager);
        event.put("reportingComponent", manager);
        create("events", event);
    }
}

package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import java.util.Set;

/** Which keys a change concerns. */
final class Keys {
    private Keys() {}

    /** The changed object itself when it is of this resource. */
    static Set<ObjectKey> self(Event event, String resource) {
        return event.key().resource().equals(resource) ? Set.of(event.key()) : Set.of();
    }

    /** The controller of the changed object when that is of this kind. */
    static Set<ObjectKey> controller(Event event, String kind, String resource) {
        JsonNode controller = Meta.controller(event.object());
        return controller != null && controller.path("kind").asText().equals(kind)
                ? Set.of(new ObjectKey(
                        resource,
                        event.key().namespace(),
                        controller.path("name").asText()))
                : Set.of();
    }
}

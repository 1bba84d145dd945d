package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Tree;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Removes events an hour after they were last seen, as a real API server does. */
public final class EventExpiry implements ControlLoop.Reconciler {
    private static final String RESOURCE = "events";
    private static final ObjectKey ALL = new ObjectKey(RESOURCE, "", "");
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Duration PERIOD = Duration.ofMinutes(10);

    private final Objects objects;
    private Instant next = Instant.MIN;

    private EventExpiry(Objects objects) {
        this.objects = objects;
    }

    /** Starts it. */
    public static ControlLoop start(Objects objects) {
        return ControlLoop.start(
                "event-expiry", objects.store(), EventExpiry::concerns, new EventExpiry(objects.as("event-expiry")));
    }

    private static Set<ObjectKey> concerns(Event event) {
        return event.change() == Event.Change.ADDED && event.key().resource().equals(RESOURCE) ? Set.of(ALL) : Set.of();
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        Instant now = objects.now();
        if (now.isBefore(next)) {
            return Duration.between(now, next);
        }
        next = now.plus(PERIOD);
        for (ObjectNode event : objects.list(RESOURCE, "")) {
            if (lastSeen(event).plus(LIFE).isBefore(now)) {
                objects.delete(event, RESOURCE);
            }
        }
        return objects.list(RESOURCE, "").isEmpty() ? null : PERIOD;
    }

    /** When the event was last seen; events that do not say so count from their creation. */
    static Instant lastSeen(ObjectNode event) {
        String created = Tree.textOr(event, Instant.EPOCH.toString(), "metadata", "creationTimestamp");
        String seen = Tree.textOr(event, Tree.textOr(event, created, "eventTime"), "lastTimestamp");
        try {
            return OffsetDateTime.parse(seen).toInstant();
        } catch (DateTimeException e) {
            return Instant.parse(created);
        }
    }
}

package io.shardeddb.local.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.store.Event.Change;
import io.shardeddb.local.tree.Meta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All objects of the cluster under one revision counter, as etcd has it for Kubernetes: every change gets the next
 * revision, is in the journal before it is seen, and reaches the subscriptions in order. Objects handed in and out are
 * never changed in place.
 */
public final class ObjectStore implements AutoCloseable {
    /** How many past changes of a resource a watch can resume over; older ones are answered with "gone". */
    static final int HISTORY = 256;

    private static final String EVERYTHING = "*";

    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<ObjectKey, ObjectNode> objects = new TreeMap<>();
    private final Map<String, List<Subscription>> subscriptions = new HashMap<>();
    private final Map<String, Deque<Event>> history = new HashMap<>();
    private final Map<String, Long> forgottenUpTo = new HashMap<>();
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private final Journal journal;
    private final long startRevision;
    private long revision;

    /** Opens the store, with what the journal in this directory says. */
    public ObjectStore(Path directory) throws IOException {
        Journal.Opened opened = Journal.open(directory, objects);
        journal = opened.journal();
        revision = Math.max(1, opened.revision());
        startRevision = revision;
    }

    /** The objects of a list, at one moment. */
    public record Listing(long revision, List<ObjectNode> objects) {}

    /** The revision of the last change. */
    public long revision() {
        lock.lock();
        try {
            return revision;
        } finally {
            lock.unlock();
        }
    }

    /** The object, or null. */
    public @Nullable ObjectNode get(ObjectKey key) {
        lock.lock();
        try {
            return objects.get(key);
        } finally {
            lock.unlock();
        }
    }

    /** The objects of a resource, in the order of namespace and name; of one namespace unless it is empty. */
    public Listing list(String resource, String namespace) {
        lock.lock();
        try {
            List<ObjectNode> found = new ArrayList<>();
            for (Map.Entry<ObjectKey, ObjectNode> entry : objects.tailMap(new ObjectKey(resource, namespace, ""), true)
                    .entrySet()) {
                ObjectKey key = entry.getKey();
                if (!key.resource().equals(resource)
                        || (!namespace.isEmpty() && !key.namespace().equals(namespace))) {
                    break;
                }
                found.add(entry.getValue());
            }
            return new Listing(revision, found);
        } finally {
            lock.unlock();
        }
    }

    /** Everything, at one moment. */
    public Map<ObjectKey, ObjectNode> all() {
        lock.lock();
        try {
            return new TreeMap<>(objects);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a new object.
     *
     * @return the object with its revision, or null when there is one of this name already
     */
    public @Nullable ObjectNode create(ObjectKey key, ObjectNode object) {
        lock.lock();
        try {
            if (objects.containsKey(key)) {
                return null;
            }
            return put(key, object, null);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Replaces an object if it is still the one that was read.
     *
     * @param expected the object as read from this store
     * @return the object with its revision, or null when it has changed or is gone
     */
    public @Nullable ObjectNode replace(ObjectKey key, ObjectNode expected, ObjectNode object) {
        lock.lock();
        try {
            ObjectNode current = objects.get(key);
            if (current == null || Meta.revision(current) != Meta.revision(expected)) {
                return null;
            }
            return put(key, object, current);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes an object if it is still the one that was read.
     *
     * @return the object as it last was, with the revision of the removal, or null when it has changed or is gone
     */
    public @Nullable ObjectNode remove(ObjectKey key, ObjectNode expected) {
        lock.lock();
        try {
            ObjectNode current = objects.get(key);
            if (current == null || Meta.revision(current) != Meta.revision(expected)) {
                return null;
            }
            ObjectNode last = current.deepCopy();
            Meta.of(last).put("resourceVersion", Long.toString(revision + 1));
            journal.append(revision + 1, key, null);
            revision++;
            objects.remove(key);
            publish(new Event(Change.DELETED, revision, key, last, current));
            return last;
        } finally {
            lock.unlock();
        }
    }

    private ObjectNode put(ObjectKey key, ObjectNode object, @Nullable ObjectNode current) {
        ObjectNode stored = object.deepCopy();
        Meta.of(stored).put("resourceVersion", Long.toString(revision + 1));
        journal.append(revision + 1, key, stored);
        revision++;
        objects.put(key, stored);
        publish(new Event(current == null ? Change.ADDED : Change.MODIFIED, revision, key, stored, current));
        journal.compactIfGrown(revision, objects.entrySet());
        return stored;
    }

    private void publish(Event event) {
        listeners.forEach(l -> l.accept(event));
        String resource = event.key().resource();
        Deque<Event> past = history.computeIfAbsent(resource, r -> new ArrayDeque<>());
        past.add(event);
        if (past.size() > HISTORY) {
            forgottenUpTo.put(resource, past.remove().revision());
        }
        subscriptions.getOrDefault(resource, List.of()).forEach(s -> s.offer(event));
        subscriptions.getOrDefault(EVERYTHING, List.of()).forEach(s -> s.offer(event));
    }

    /** Calls back within every change, before it is answered; the callback must be quick and must not write. */
    public void listen(Consumer<Event> listener) {
        listeners.add(listener);
    }

    /** What a new subscription begins with. */
    public record Start(Subscription subscription, Listing listing) {}

    /** Lists a resource and subscribes to every change after that moment. */
    public Start subscribe(String resource) {
        lock.lock();
        try {
            return new Start(register(resource), list(resource, ""));
        } finally {
            lock.unlock();
        }
    }

    /** Subscribes to the changes of all resources; the listing is everything there is. */
    public Start subscribeAll() {
        lock.lock();
        try {
            return new Start(register(EVERYTHING), new Listing(revision, new ArrayList<>(objects.values())));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Subscribes to the changes of a resource after a revision.
     *
     * @return the subscription, or null when changes since then are forgotten
     */
    public @Nullable Subscription resume(String resource, long after) {
        lock.lock();
        try {
            if (after > revision || after < Math.max(startRevision, forgottenUpTo.getOrDefault(resource, 0L))) {
                return null;
            }
            Subscription subscription = register(resource);
            for (Event event : history.getOrDefault(resource, new ArrayDeque<>())) {
                if (event.revision() > after) {
                    subscription.offer(event);
                }
            }
            return subscription;
        } finally {
            lock.unlock();
        }
    }

    private Subscription register(String resource) {
        List<Subscription> list = subscriptions.computeIfAbsent(resource, r -> new CopyOnWriteArrayList<>());
        Subscription[] self = new Subscription[1];
        Subscription subscription = new Subscription(() -> list.remove(self[0]));
        self[0] = subscription;
        list.add(subscription);
        return subscription;
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            subscriptions.values().stream().flatMap(List::stream).toList().forEach(Subscription::close);
            journal.close();
        } finally {
            lock.unlock();
        }
    }
}

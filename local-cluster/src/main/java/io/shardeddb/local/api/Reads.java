package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.http.Exchange.PartStream;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.Event.Change;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.store.Subscription;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lists and watches. */
final class Reads {
    private static final Duration BOOKMARK_PERIOD = Duration.ofSeconds(60);
    private static final long LONGEST_WATCH_SECONDS = 3600;

    private final ObjectStore store;

    Reads(ObjectStore store) {
        this.store = store;
    }

    /** How objects go out: whole, as table rows, as metadata. */
    interface View {
        /** One object. */
        ObjectNode of(Kind kind, ObjectNode object);

        /** A list of objects. */
        ObjectNode list(Kind kind, List<ObjectNode> objects, ObjectNode listMetadata);
    }

    ObjectNode list(Kind kind, String namespace, Request request, View view) {
        Predicate<JsonNode> selector = selector(request);
        ObjectStore.Listing listing = store.list(kind.resource(), namespace);
        List<ObjectNode> matching = listing.objects().stream().filter(selector).toList();
        ObjectNode metadata = Tree.object();
        metadata.put("resourceVersion", Long.toString(listing.revision()));
        String after = continueAfter(request.query("continue", ""));
        if (!after.isEmpty()) {
            matching =
                    matching.stream().filter(o -> place(o).compareTo(after) > 0).toList();
        }
        int limit = number(request, "limit", 0);
        if (limit > 0 && matching.size() > limit) {
            String last = place(matching.get(limit - 1));
            metadata.put(
                    "continue",
                    Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8)));
            if (request.query("labelSelector", "").isEmpty()) {
                metadata.put("remainingItemCount", matching.size() - limit);
            }
            matching = matching.subList(0, limit);
        }
        return view.list(kind, matching, metadata);
    }

    private static String place(JsonNode object) {
        return Meta.namespace(object) + "\u0000" + Meta.name(object);
    }

    private static String continueAfter(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("continue key is not valid: " + e.getMessage());
        }
    }

    static Predicate<JsonNode> selector(Request request) {
        return Selector.of(request.query("labelSelector", ""), request.query("fieldSelector", ""));
    }

    static int number(Request request, String name, int otherwise) {
        String text = request.query(name, "");
        try {
            return text.isEmpty() ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("the query parameter " + name + " is not a number: " + text);
        }
    }

    /** The place of a watch in the history, from its request. */
    record WatchStart(Subscription subscription, List<ObjectNode> initial, long revision) {}

    /** Begins a watch; null when the revision asked for is forgotten. */
    @Nullable
    WatchStart begin(Kind kind, Request request) {
        String asked = request.query("resourceVersion", "");
        boolean initial = request.flag("sendInitialEvents");
        if (asked.isEmpty() || asked.equals("0") || initial) {
            ObjectStore.Start start = store.subscribe(kind.resource());
            boolean skip = request.query().containsKey("sendInitialEvents") && !initial;
            return new WatchStart(
                    start.subscription(),
                    skip ? List.of() : start.listing().objects(),
                    start.listing().revision());
        }
        long revision;
        try {
            revision = Long.parseLong(asked);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("resourceVersion: Invalid value: \"" + asked + "\": not a number");
        }
        Subscription subscription = store.resume(kind.resource(), revision);
        return subscription == null ? null : new WatchStart(subscription, List.of(), revision);
    }

    /** Sends the events of a watch until the client goes, the time is over or the reader is too slow. */
    void watch(Kind kind, String namespace, Request request, View view, PartStream out)
            throws IOException, InterruptedException {
        Predicate<JsonNode> selector = selector(request);
        Predicate<JsonNode> wanted =
                selector.and(o -> namespace.isEmpty() || Meta.namespace(o).equals(namespace));
        WatchStart start = begin(kind, request);
        if (start == null) {
            long asked = Long.parseLong(request.query("resourceVersion", "0"));
            send(out, "ERROR", ApiException.expired(asked, store.revision()).status());
            return;
        }
        Subscription subscription = start.subscription();
        try (subscription) {
            out.onClientGone(subscription::close);
            for (ObjectNode object : start.initial()) {
                if (wanted.test(object)) {
                    send(out, "ADDED", view.of(kind, object));
                }
            }
            if (request.flag("sendInitialEvents")) {
                ObjectNode bookmark = bookmark(kind, start.revision());
                Tree.child(bookmark, "metadata", "annotations").put("k8s.io/initial-events-end", "true");
                send(out, "BOOKMARK", bookmark);
            }
            follow(kind, request, view, out, subscription, wanted, start.revision());
        }
    }

    private void follow(
            Kind kind,
            Request request,
            View view,
            PartStream out,
            Subscription subscription,
            Predicate<JsonNode> wanted,
            long startRevision)
            throws IOException, InterruptedException {
        long seconds = Math.min(LONGEST_WATCH_SECONDS, number(request, "timeoutSeconds", 1800));
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        boolean bookmarks = request.flag("allowWatchBookmarks");
        long seen = startRevision;
        while (!out.clientGone() && System.nanoTime() < end) {
            long left = end - System.nanoTime();
            Event event = subscription.next(Duration.ofNanos(Math.min(left, BOOKMARK_PERIOD.toNanos())));
            if (event != null) {
                seen = event.revision();
                deliver(kind, view, out, event, wanted);
            } else if (subscription.ended()) {
                return;
            } else if (bookmarks) {
                send(out, "BOOKMARK", bookmark(kind, seen));
            }
        }
    }

    private static void deliver(Kind kind, View view, PartStream out, Event event, Predicate<JsonNode> wanted)
            throws IOException {
        ObjectNode previous = event.previous();
        boolean now = event.change() != Change.DELETED && wanted.test(event.object());
        boolean before = previous != null && wanted.test(previous);
        if (now) {
            send(out, before ? "MODIFIED" : "ADDED", view.of(kind, event.object()));
        } else if (previous != null && before) {
            ObjectNode last = previous.deepCopy();
            Meta.of(last).put("resourceVersion", Long.toString(event.revision()));
            send(out, "DELETED", view.of(kind, last));
        }
    }

    private static ObjectNode bookmark(Kind kind, long revision) {
        ObjectNode object = Tree.object();
        object.put("kind", kind.kind());
        object.put("apiVersion", kind.apiVersion());
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("resourceVersion", Long.toString(revision));
        metadata.putNull("creationTimestamp");
        return object;
    }

    private static void send(PartStream out, String type, ObjectNode object) throws IOException {
        ObjectNode event = Tree.object();
        event.put("type", type);
        event.set("object", object);
        out.send((event + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The objects that a deletion of many names. */
    List<ObjectNode> matching(Kind kind, String namespace, Request request) {
        return new ArrayList<>(store.list(kind.resource(), namespace).objects().stream()
                .filter(selector(request))
                .toList());
    }

    static ObjectNode wholeList(Kind kind, List<ObjectNode> objects, ObjectNode metadata) {
        ObjectNode list = Tree.object();
        list.put("kind", kind.listKind());
        list.put("apiVersion", kind.apiVersion());
        list.set("metadata", metadata);
        ArrayNode items = list.putArray("items");
        objects.forEach(items::add);
        return list;
    }
}

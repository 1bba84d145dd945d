package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import java.util.Map;

/** Events have two forms, in the core group and in events.k8s.io; they are held in the first. */
final class EventForms {
    private static final Map<String, String> NEW_TO_CORE = Map.of(
            "regarding", "involvedObject",
            "note", "message",
            "reportingController", "reportingComponent",
            "deprecatedSource", "source",
            "deprecatedCount", "count",
            "deprecatedFirstTimestamp", "firstTimestamp",
            "deprecatedLastTimestamp", "lastTimestamp");

    private EventForms() {}

    static boolean isNewForm(Kind kind) {
        return kind.resource().equals("events.events.k8s.io");
    }

    static ObjectNode toCore(ObjectNode event) {
        ObjectNode core = event.deepCopy();
        core.put("apiVersion", "v1");
        NEW_TO_CORE.forEach((from, to) -> move(core, from, to));
        return core;
    }

    static ObjectNode fromCore(ObjectNode event) {
        ObjectNode fresh = event.deepCopy();
        fresh.put("apiVersion", "events.k8s.io/v1");
        NEW_TO_CORE.forEach((to, from) -> move(fresh, from, to));
        return fresh;
    }

    private static void move(ObjectNode event, String from, String to) {
        JsonNode value = event.remove(from);
        if (value != null) {
            event.set(to, value);
        }
    }
}

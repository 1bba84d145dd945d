package io.shardeddb.local.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who manages which fields of an object: the entries of {@code metadata.managedFields}. */
public final class Ownership {
    /** The fields that belong to the system and are never anyone's. */
    private static final String[] SYSTEM = {
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "generation",
        "managedFields",
        "resourceVersion",
        "deletionTimestamp",
        "deletionGracePeriodSeconds"
    };

    private Ownership() {}

    /**
     * Who writes.
     *
     * @param name the field manager's name
     * @param apply whether it applies (server-side apply) or updates
     * @param apiVersion the version it writes in
     * @param subresource the subresource it writes to, empty for the object itself
     * @param time when
     */
    public record Writer(String name, boolean apply, String apiVersion, String subresource, Instant time) {
        boolean is(Entry entry) {
            return name.equals(entry.name) && apply == entry.apply && subresource.equals(entry.subresource);
        }

        Entry owning(FieldSet fields) {
            return new Entry(name, apply, apiVersion, subresource, Meta.time(time), fields);
        }
    }

    /** One entry: a manager and its fields. */
    record Entry(
            String name,
            boolean apply,
            String apiVersion,
            String subresource,
            @Nullable String time,
            FieldSet fields) {
        Entry with(FieldSet other) {
            return new Entry(name, apply, apiVersion, subresource, time, other);
        }
    }

    /** The entries of an object. */
    static List<Entry> read(JsonNode object) {
        List<Entry> entries = new ArrayList<>();
        for (JsonNode entry : Tree.at(object, "metadata", "managedFields")) {
            entries.add(new Entry(
                    entry.path("manager").asText(),
                    entry.path("operation").asText().equals("Apply"),
                    entry.path("apiVersion").asText(),
                    entry.path("subresource").asText(""),
                    Tree.text(entry, "time"),
                    FieldSet.parse(entry.path("fieldsV1"))));
        }
        return entries;
    }

    /** Writes the entries into an object, leaving out those without fields. */
    static void write(ObjectNode object, List<Entry> entries) {
        ArrayNode list = Tree.array();
        for (Entry entry : entries) {
            if (entry.fields.isEmpty()) {
                continue;
            }
            ObjectNode json = list.addObject();
            json.put("manager", entry.name);
            json.put("operation", entry.apply ? "Apply" : "Update");
            json.put("apiVersion", entry.apiVersion);
            if (entry.time != null) {
                json.put("time", entry.time);
            }
            json.put("fieldsType", "FieldsV1");
            json.set("fieldsV1", entry.fields.toJson());
            if (!entry.subresource.isEmpty()) {
                json.put("subresource", entry.subresource);
            }
        }
        if (list.isEmpty()) {
            Meta.of(object).remove("managedFields");
        } else {
            Meta.of(object).set("managedFields", list);
        }
    }

    /** A set without what belongs to the system. */
    static FieldSet ownable(FieldSet fields) {
        FieldSet result = fields.without("apiVersion").without("kind");
        for (String field : SYSTEM) {
            result = result.without("metadata", field);
        }
        FieldSet metadata = result.below("f:metadata");
        return metadata != null && metadata.isMember() && metadata.toJson().isEmpty()
                ? result.without("metadata")
                : result;
    }

    /**
     * Accounts for an update: what changed belongs to the manager now and to nobody else; what is gone to nobody.
     *
     * @param before the object before, an empty one when it is new
     * @param after the object after; its managed fields are replaced
     */
    public static void update(JsonNode before, ObjectNode after, MergeType type, Writer manager) {
        Comparison comparison = Comparison.of(before, after, type);
        FieldSet changed = ownable(comparison.changed());
        FieldSet removed = ownable(comparison.removed());
        if (!manager.subresource().isEmpty()) {
            changed = changed.only(manager.subresource().equals("scale") ? "spec" : manager.subresource());
        }
        List<Entry> entries = new ArrayList<>();
        boolean found = false;
        for (Entry entry : read(before)) {
            FieldSet left = entry.fields.minusWithBelow(removed);
            if (manager.is(entry)) {
                found = true;
                FieldSet mine = left.union(changed);
                entries.add(mine.equals(entry.fields) ? entry : manager.owning(mine));
            } else {
                FieldSet theirs = left.minus(changed);
                entries.add(theirs.equals(entry.fields) ? entry : entry.with(theirs));
            }
        }
        if (!found) {
            entries.add(manager.owning(changed));
        }
        write(after, entries);
    }

    /** A field that another manager owns with another value. */
    public record Conflict(
            String manager,
            boolean apply,
            String apiVersion,
            @Nullable String time,
            String field) {}

    /** The result of an apply: the merged object, or the conflicts that prevented it. */
    public record Applied(ObjectNode object, List<Conflict> conflicts) {}

    /**
     * Refuses a configuration with a list that names one of its items twice, as Kubernetes does.
     *
     * @throws InvalidPatch naming the list and the key
     */
    public static void refuseDuplicates(ObjectNode config, MergeType type) throws InvalidPatch {
        ApplyMerge.refuseDuplicates(config, type, "");
    }

    /**
     * Applies a configuration (server-side apply).
     *
     * @param live the object as it is, an empty one when it is new
     * @param config what the manager wants; must not hold managed fields
     * @param force whether to take fields over from other managers
     */
    public static Applied apply(JsonNode live, ObjectNode config, MergeType type, Writer manager, boolean force) {
        FieldSet wanted = ownable(FieldSet.of(config, type));
        ObjectNode merged = (ObjectNode) ApplyMerge.merge(live, config, type);
        List<Entry> others = new ArrayList<>();
        FieldSet before = FieldSet.empty();
        @Nullable Entry own = null;
        for (Entry entry : read(live)) {
            if (manager.is(entry)) {
                before = entry.fields;
                own = entry;
            } else {
                others.add(entry);
            }
        }
        FieldSet changed = ownable(Comparison.of(live, merged, type).changed());
        List<Conflict> conflicts = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            Entry other = others.get(i);
            FieldSet contested = other.fields.intersection(changed);
            if (contested.isEmpty()) {
                continue;
            }
            if (force) {
                others.set(i, other.with(other.fields.minus(contested)));
            } else {
                contested.describe().stream()
                        .map(field -> new Conflict(other.name, other.apply, other.apiVersion, other.time, field))
                        .forEach(conflicts::add);
            }
        }
        if (!conflicts.isEmpty()) {
            return new Applied(merged, conflicts);
        }
        FieldSet heldByOthers = others.stream().map(Entry::fields).reduce(FieldSet.empty(), FieldSet::union);
        ApplyMerge.remove(merged, before.minus(wanted), heldByOthers.union(wanted), type);
        FieldSet gone = ownable(Comparison.of(live, merged, type).removed());
        List<Entry> entries = new ArrayList<>();
        entries.add(own != null && Objects.equals(before, wanted) ? own : manager.owning(wanted));
        others.forEach(o -> entries.add(o.with(o.fields.minusWithBelow(gone))));
        write(merged, entries);
        return new Applied(merged, List.of());
    }
}

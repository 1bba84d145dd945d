package io.shardeddb.local.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A set of paths in an object, as a tree; immutable once handed out. A step is {@code f:name} for a field,
 * {@code k:{...}} for an item of a keyed list and {@code v:...} for a value of a set, as in the FieldsV1 format of
 * managed fields.
 */
public final class FieldSet {
    private boolean member;
    private final TreeMap<String, FieldSet> children = new TreeMap<>();

    /** An empty set. */
    public static FieldSet empty() {
        return new FieldSet();
    }

    /** Reads the FieldsV1 format. */
    public static FieldSet parse(JsonNode fields) {
        FieldSet set = new FieldSet();
        fields.properties().forEach(e -> {
            if (e.getKey().equals(".")) {
                set.member = true;
            } else {
                FieldSet child = parse(e.getValue());
                child.member |= e.getValue().isEmpty();
                set.children.put(e.getKey(), child);
            }
        });
        return set;
    }

    /** Writes the FieldsV1 format. */
    public ObjectNode toJson() {
        ObjectNode json = Tree.object();
        if (member && !children.isEmpty()) {
            json.putObject(".");
        }
        children.forEach((step, child) -> json.set(step, child.toJson()));
        return json;
    }

    /** The paths that a value occupies. */
    public static FieldSet of(JsonNode value, MergeType type) {
        FieldSet set = new FieldSet();
        set.collect(value, type);
        return set;
    }

    private void collect(JsonNode value, MergeType type) {
        if (value instanceof ObjectNode object && type instanceof MergeType.Fields fields && !object.isEmpty()) {
            object.properties().forEach(e -> {
                FieldSet child = children.computeIfAbsent("f:" + e.getKey(), s -> new FieldSet());
                child.member |= fields.isFreeKey(e.getKey());
                child.collect(e.getValue(), fields.of(e.getKey()));
            });
        } else if (value instanceof ArrayNode list && !list.isEmpty() && type instanceof MergeType.Keyed keyed) {
            for (JsonNode item : list) {
                FieldSet child = children.computeIfAbsent(keyStep(keyed, item), s -> new FieldSet());
                child.member = true;
                child.collect(item, keyed.element());
            }
        } else if (value instanceof ArrayNode list && !list.isEmpty() && type instanceof MergeType.ValueSet) {
            for (JsonNode item : list) {
                children.computeIfAbsent(valueStep(item), s -> new FieldSet()).member = true;
            }
        } else {
            member = true;
        }
    }

    static String keyStep(MergeType.Keyed keyed, JsonNode item) {
        ObjectNode key = Tree.object();
        new TreeMap<>(keyed.keyOf(item)).forEach(key::set);
        return "k:" + key;
    }

    static String valueStep(JsonNode item) {
        return "v:" + item;
    }

    /** Whether nothing is in the set. */
    public boolean isEmpty() {
        return !member && children.values().stream().allMatch(FieldSet::isEmpty);
    }

    /** Whether the place itself is in the set. */
    boolean isMember() {
        return member;
    }

    /** The part of the set below a step; null when there is none. */
    @Nullable
    FieldSet below(String step) {
        return children.get(step);
    }

    /** The steps that have something below them or are members themselves. */
    Iterable<Map.Entry<String, FieldSet>> entries() {
        return children.entrySet();
    }

    /** What is in either set. */
    public FieldSet union(FieldSet other) {
        return combine(other, (left, right) -> left || right);
    }

    /** What is in both sets. */
    public FieldSet intersection(FieldSet other) {
        return combine(other, (left, right) -> left && right);
    }

    /** What is in this set and not in the other. */
    public FieldSet minus(FieldSet other) {
        return combine(other, (left, right) -> left && !right);
    }

    /** What is in this set and neither in the other nor below one of its members. */
    public FieldSet minusWithBelow(FieldSet other) {
        FieldSet result = new FieldSet();
        result.member = member && !other.member;
        if (other.member && other.children.isEmpty()) {
            return result;
        }
        children.forEach((step, child) -> {
            FieldSet theirs = other.children.get(step);
            result.put(step, theirs == null ? child : child.minusWithBelow(theirs));
        });
        return result;
    }

    /** Keeps or drops one field and all below it, as in {@code only("status")}. */
    public FieldSet only(String field) {
        FieldSet result = new FieldSet();
        FieldSet child = children.get("f:" + field);
        if (child != null) {
            result.put("f:" + field, child);
        }
        return result;
    }

    /** The set without one field and all below it. */
    public FieldSet without(String... path) {
        FieldSet result = new FieldSet();
        result.member = member;
        children.forEach((step, child) -> {
            if (!step.equals("f:" + path[0])) {
                result.put(step, child);
            } else if (path.length > 1) {
                result.put(step, child.without(java.util.Arrays.copyOfRange(path, 1, path.length)));
            }
        });
        return result;
    }

    private FieldSet combine(FieldSet other, BiFunction<Boolean, Boolean, Boolean> rule) {
        FieldSet result = new FieldSet();
        result.member = rule.apply(member, other.member);
        TreeMap<String, FieldSet> steps = new TreeMap<>(children);
        other.children.forEach(steps::putIfAbsent);
        for (String step : steps.keySet()) {
            FieldSet left = children.getOrDefault(step, new FieldSet());
            FieldSet right = other.children.getOrDefault(step, new FieldSet());
            result.put(step, left.combine(right, rule));
        }
        return result;
    }

    private void put(String step, FieldSet child) {
        if (!child.isEmpty()) {
            children.put(step, child);
        }
    }

    /** The set without steps that lead to nothing: written down, such a step would stand for a member. */
    FieldSet pruned() {
        return union(empty());
    }

    /** Adds the place itself: for building sets from comparisons. */
    void add() {
        member = true;
    }

    /** The set below a step, made when missing: for building sets from comparisons. */
    FieldSet step(String step) {
        return children.computeIfAbsent(step, s -> new FieldSet());
    }

    /** The paths as people write them: {@code .spec.replicas}. */
    public List<String> describe() {
        List<String> paths = new ArrayList<>();
        describe("", paths);
        return paths;
    }

    private void describe(String prefix, List<String> paths) {
        if (member && !prefix.isEmpty()) {
            paths.add(prefix);
        }
        children.forEach((step, child) -> {
            String text = step.substring(2);
            if (step.startsWith("f:")) {
                child.describe(prefix + "." + text, paths);
            } else if (step.startsWith("k:")) {
                StringBuilder key = new StringBuilder();
                Tree.parseOwn(text)
                        .properties()
                        .forEach(e -> key.append(key.isEmpty() ? "" : ",")
                                .append(e.getKey())
                                .append('=')
                                .append(e.getValue()));
                child.describe(prefix + "[" + key + "]", paths);
            } else {
                child.describe(prefix + "[=" + text + "]", paths);
            }
        });
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldSet that && toJson().equals(that.toJson());
    }

    @Override
    public int hashCode() {
        return toJson().hashCode();
    }

    @Override
    public String toString() {
        return toJson().toString();
    }
}

package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All changes of one update by their paths. They are done together, so each part of a document is copied once. */
final class ChangeTree {

    /** Most nulls that are put between the end of an array and an element behind it. */
    static final int MOST_PADDING = 1500;

    private record Leaf(Modifier modifier, Spot spot) {}

    private final SortedMap<String, ChangeTree> members = new TreeMap<>();
    private @Nullable Leaf leaf;

    /**
     * Adds a change.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException with the spot's code, if another one is at the same path,
     *     leads to it or through it
     */
    void put(List<String> names, Modifier modifier, Spot spot) {
        ChangeTree at = this;
        for (String name : names) {
            if (at.leaf != null) {
                throw conflict(names, spot, at.leaf);
            }
            at = at.members.computeIfAbsent(name, _ -> new ChangeTree());
        }
        if (at.leaf != null || !at.members.isEmpty()) {
            throw conflict(names, spot, at.anyLeaf());
        }
        at.leaf = new Leaf(modifier, spot);
    }

    /** The document with all changes; the same instance if nothing changes. */
    ObjectValue apply(ObjectValue document) {
        return (ObjectValue) object(document);
    }

    private static RuntimeException conflict(List<String> names, Spot spot, Leaf other) {
        return spot.error("the path " + Spot.cut(String.join(".", names)) + " conflicts with "
                + other.spot.place().text() + ": each part of a document is changed once");
    }

    private Leaf anyLeaf() {
        ChangeTree at = this;
        while (at.leaf == null) {
            at = at.members.firstEntry().getValue();
        }
        return at.leaf;
    }

    private @Nullable DocumentValue change(@Nullable DocumentValue value) {
        if (leaf != null) {
            return leaf.modifier.apply(value, leaf.spot);
        }
        return switch (value) {
            case null -> makes() == null ? null : object(ObjectValue.EMPTY);
            case ObjectValue object -> object(object);
            case ArrayValue array -> array(array);
            default -> {
                Leaf maker = makes();
                if (maker != null) {
                    throw maker.spot.error("the path leads through " + value.typeInWords()
                            + ", which has no members; use $set to replace it first");
                }
                yield value;
            }
        };
    }

    private DocumentValue object(ObjectValue object) {
        SortedMap<String, DocumentValue> changed = null;
        for (Map.Entry<String, ChangeTree> member : members.entrySet()) {
            DocumentValue before = object.get(member.getKey());
            DocumentValue after = member.getValue().change(before);
            if (Objects.equals(after, before)) {
                continue;
            }
            changed = changed == null ? new TreeMap<>(object.members()) : changed;
            if (after == null) {
                changed.remove(member.getKey());
            } else {
                changed.put(member.getKey(), after);
            }
        }
        return changed == null ? object : new ObjectValue(changed);
    }

    private DocumentValue array(ArrayValue array) {
        List<DocumentValue> changed = null;
        for (Map.Entry<Integer, ChangeTree> element : byIndex().entrySet()) {
            int index = element.getKey();
            ChangeTree tree = element.getValue();
            DocumentValue before = array.get(index);
            Leaf maker = tree.makes();
            if (before == null && maker == null) {
                continue;
            }
            DocumentValue after = tree.change(before);
            if (Objects.equals(after, before)) {
                continue;
            }
            changed = changed == null ? new ArrayList<>(array.elements()) : changed;
            pad(changed, index, maker);
            DocumentValue there = after == null ? NullValue.NULL : after;
            if (index == changed.size()) {
                changed.add(there);
            } else {
                changed.set(index, there);
            }
        }
        return changed == null || changed.equals(array.elements()) ? array : new ArrayValue(changed);
    }

    private static void pad(List<DocumentValue> elements, int index, @Nullable Leaf maker) {
        int missing = index - elements.size();
        if (missing > MOST_PADDING && maker != null) {
            throw maker.spot.error("the array has " + elements.size() + " elements, and at most " + MOST_PADDING
                    + " nulls are put between them and element " + index);
        }
        for (int i = 0; i < missing; i++) {
            elements.add(NullValue.NULL);
        }
    }

    /** The changes of an array's elements; those at names that are no index are left out, or refused. */
    private SortedMap<Integer, ChangeTree> byIndex() {
        SortedMap<Integer, ChangeTree> elements = new TreeMap<>();
        members.forEach((name, tree) -> {
            int index = DocumentPath.index(name);
            Leaf maker = tree.makes();
            if (index >= 0) {
                elements.put(index, tree);
            } else if (maker != null) {
                throw maker.spot.error("the path leads through an array, where " + Spot.cut(name)
                        + " is no index; allowed are an index, $, $[] and $[name]");
            }
        });
        return elements;
    }

    /** A change within that makes a value where there is none, or null if no one does. */
    private @Nullable Leaf makes() {
        if (leaf != null) {
            return leaf.modifier.makes() ? leaf : null;
        }
        for (ChangeTree member : members.values()) {
            Leaf maker = member.makes();
            if (maker != null) {
                return maker;
            }
        }
        return null;
    }
}

package io.shardeddb.documents.sort;

import io.shardeddb.documents.expression.ExpressionParser;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An order of documents: paths, each up or down. What is missing counts as null, and an empty array comes before null.
 * An array counts as its least element going up, and as its greatest going down. Documents that are equal by all paths
 * are ordered by {@code _id}.
 *
 * @param parts the paths, the first counts first; none: by {@code _id} alone
 */
public record SortOrder(List<Part> parts) {

    /** Most paths of an order, as many as MongoDB takes. */
    private static final int MOST_PARTS = 32;

    /**
     * One path of an order.
     *
     * @param names that lead to the value
     * @param down whether greater values come first
     */
    public record Part(List<String> names, boolean down) {}

    /**
     * What a document is ordered by.
     *
     * @param values for each part; null for an empty array
     * @param id null if the document has none
     */
    public record Key(
            List<@Nullable DocumentValue> values, @Nullable DocumentValue id) {}

    /** By {@code _id} alone. */
    public static final SortOrder BY_ID = new SortOrder(List.of());

    public SortOrder {
        parts = List.copyOf(parts);
    }

    /**
     * Reads an order: {@code {"a": 1, "b.c": -1}}, or a list of such objects with one member each.
     *
     * @param json as {@code CanonicalJson.parse} gives it: the members' order counts, which a document's do not have
     * @throws io.shardeddb.protocol.error.DatabaseException with the place of what is wrong
     */
    public static SortOrder parse(@Nullable Object json, Spot place) {
        List<Part> parts = new ArrayList<>();
        switch (json) {
            case Map<?, ?> object -> addAll(parts, object, place);
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    if (!(list.get(i) instanceof Map<?, ?> object) || object.size() != 1) {
                        throw place.element(i).error("an object with one member is needed, such as {\"age\": 1}");
                    }
                    addAll(parts, object, place.element(i));
                }
            }
            case null, default -> throw place.error("an object such as {\"age\": 1} is needed");
        }
        Set<List<String>> seen = new HashSet<>();
        for (Part part : parts) {
            if (!seen.add(part.names())) {
                throw place.error("the path " + String.join(".", part.names()) + " is there twice");
            }
        }
        if (parts.size() > MOST_PARTS) {
            throw place.error(parts.size() + " paths, at most " + MOST_PARTS + " are allowed");
        }
        return new SortOrder(parts);
    }

    private static void addAll(List<Part> parts, Map<?, ?> object, Spot place) {
        for (Map.Entry<?, ?> member : object.entrySet()) {
            String path = (String) member.getKey();
            parts.add(part(path, member.getValue(), place.member(path)));
        }
    }

    private static Part part(String path, @Nullable Object direction, Spot place) {
        double order = direction instanceof Number number ? number.doubleValue() : 0;
        if (order != 1 && order != -1) {
            throw place.error("1 (up) or -1 (down) is needed");
        }
        return new Part(ExpressionParser.names(path, place), order < 0);
    }

    /** What a document is ordered by. Computed once for each document, and not at each comparison. */
    public Key key(DocumentValue.ObjectValue document) {
        return new Key(SortKeys.of(this, document), document.members().get("_id"));
    }

    /** The same for any value, without an id: the elements of an array are sorted so. */
    public Key keyOfElement(DocumentValue element) {
        return new Key(SortKeys.of(this, element), null);
    }

    /** Compares two keys that this order made; {@code _id} decides last. */
    public int compare(Key a, Key b) {
        for (int i = 0; i < parts.size(); i++) {
            int order = compare(i, a.values().get(i), b.values().get(i));
            if (order != 0) {
                return order;
            }
        }
        return nullsFirst(a.id(), b.id());
    }

    /** The order of whole documents. It makes keys for each comparison; to sort many, make each key once. */
    public Comparator<DocumentValue.ObjectValue> comparator() {
        return (a, b) -> compare(key(a), key(b));
    }

    int compare(int part, @Nullable DocumentValue a, @Nullable DocumentValue b) {
        int order = nullsFirst(a, b);
        return parts.get(part).down() ? -order : order;
    }

    private static int nullsFirst(@Nullable DocumentValue a, @Nullable DocumentValue b) {
        return a == null || b == null ? Boolean.compare(a != null, b != null) : ValueOrder.compare(a, b);
    }
}

package io.shardeddb.documents.update;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The paths in one document that an update's path with {@code $}, {@code $[]} or {@code $[name]} stands for. */
final class Expansion {

    /** Most paths that one update has in one document. */
    static final int MOST_PATHS = 200_000;

    private final Filter filter;
    private final ObjectValue document;
    private final Map<String, Filter> arrayFilters;
    private int paths;

    /**
     * @param filter that matches the document; by it {@code $} is known
     * @param arrayFilters by the name that they give to an element
     */
    Expansion(Filter filter, ObjectValue document, Map<String, Filter> arrayFilters) {
        this.filter = filter;
        this.document = document;
        this.arrayFilters = arrayFilters;
    }

    /** Gives each path of names and indexes on. */
    void each(UpdatePath path, Spot spot, Consumer<List<String>> to) {
        if (path.isPositional()) {
            walk(path.steps(), document, new ArrayList<>(), spot, to);
        } else {
            count(spot);
            to.accept(path.names());
        }
    }

    private void walk(
            List<UpdatePath.Step> steps,
            @Nullable DocumentValue value,
            List<String> names,
            Spot spot,
            Consumer<List<String>> to) {
        if (names.size() == steps.size()) {
            count(spot);
            to.accept(List.copyOf(names));
            return;
        }
        UpdatePath.Step step = steps.get(names.size());
        switch (step) {
            case UpdatePath.Name(String name) -> into(steps, member(value, name), names, name, spot, to);
            case UpdatePath.Matched _ -> {
                int index = filter.matchedElement(document).orElse(-1);
                DocumentValue element = matched(index, array(value, names, spot), names, spot);
                into(steps, element, names, Integer.toString(index), spot, to);
            }
            case UpdatePath.Every _ -> elements(steps, array(value, names, spot), null, names, spot, to);
            case UpdatePath.Filtered(String name) -> elements(steps, array(value, names, spot), name, names, spot, to);
        }
    }

    private void elements(
            List<UpdatePath.Step> steps,
            ArrayValue array,
            @Nullable String identifier,
            List<String> names,
            Spot spot,
            Consumer<List<String>> to) {
        for (int i = 0; i < array.elements().size(); i++) {
            DocumentValue element = array.elements().get(i);
            if (identifier == null || matches(identifier, element, spot)) {
                into(steps, element, names, Integer.toString(i), spot, to);
            }
        }
    }

    private void into(
            List<UpdatePath.Step> steps,
            @Nullable DocumentValue value,
            List<String> names,
            String name,
            Spot spot,
            Consumer<List<String>> to) {
        names.add(name);
        walk(steps, value, names, spot, to);
        names.removeLast();
    }

    private boolean matches(String identifier, DocumentValue element, Spot spot) {
        Filter arrayFilter = arrayFilters.get(identifier);
        if (arrayFilter == null) {
            throw spot.error("no array filter is named " + Spot.cut(identifier));
        }
        return arrayFilter.matches(Conditions.one(identifier, element));
    }

    private DocumentValue matched(int index, ArrayValue array, List<String> names, Spot spot) {
        DocumentValue element = array.get(index);
        if (element == null) {
            throw spot.error("the filter has no condition that an element of " + Spot.cut(String.join(".", names))
                    + " matched, so $ names none");
        }
        return element;
    }

    private static ArrayValue array(@Nullable DocumentValue value, List<String> names, Spot spot) {
        if (value instanceof ArrayValue array) {
            return array;
        }
        throw spot.error(Spot.cut(String.join(".", names)) + " must be an array, but the document has "
                + (value == null ? "nothing there" : value.typeInWords()));
    }

    private static @Nullable DocumentValue member(@Nullable DocumentValue value, String name) {
        return switch (value) {
            case ObjectValue object -> object.get(name);
            case ArrayValue array -> array.get(DocumentPath.index(name));
            case null, default -> null;
        };
    }

    private void count(Spot spot) {
        if (++paths > MOST_PATHS) {
            throw spot.error("the update has more than " + MOST_PATHS + " paths in one document");
        }
    }
}

package io.shardeddb.documents.projection;

import io.shardeddb.documents.expression.Expression;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a projection makes of the value at a place of a document. Immutable. */
sealed interface Shape {

    /** The name under which an element is shown to the filter of {@code $elemMatch}. */
    String ELEMENT = "element";

    /**
     * What it makes of a value.
     *
     * @param value null if there is none
     * @param document the whole one, for expressions
     * @return null if nothing is left
     */
    @Nullable
    DocumentValue apply(@Nullable DocumentValue value, DocumentValue.ObjectValue document);

    /** Whether it may make a value where there is none. */
    default boolean makes() {
        return false;
    }

    /** It stays, or goes. */
    record Kept(boolean kept) implements Shape {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue value, DocumentValue.ObjectValue document) {
            return kept ? value : null;
        }
    }

    /** It is computed. */
    record Computed(Expression expression) implements Shape {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue value, DocumentValue.ObjectValue document) {
            return expression.evaluate(document);
        }

        @Override
        public boolean makes() {
            return true;
        }
    }

    /**
     * A part of an array; anything else stays.
     *
     * @param skip elements before it, from the end if negative
     * @param limit elements at most
     */
    record Slice(long skip, long limit) implements Shape {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue value, DocumentValue.ObjectValue document) {
            if (!(value instanceof DocumentValue.ArrayValue array)) {
                return value;
            }
            int size = array.elements().size();
            int from = (int) (skip < 0 ? Math.max(0, size + Math.max(skip, -size)) : Math.min(skip, size));
            int to = from + (int) Math.min(limit, size - from);
            return new DocumentValue.ArrayValue(array.elements().subList(from, to));
        }
    }

    /** Of an array the first element that matches, in an array; of anything else nothing. */
    record FirstMatch(Filter filter) implements Shape {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue value, DocumentValue.ObjectValue document) {
            if (value instanceof DocumentValue.ArrayValue array) {
                for (DocumentValue element : array.elements()) {
                    DocumentValue alone = new DocumentValue.ArrayValue(List.of(element));
                    if (filter.matches(new DocumentValue.ObjectValue(new TreeMap<>(Map.of(ELEMENT, alone))))) {
                        return alone;
                    }
                }
            }
            return null;
        }
    }

    /**
     * Of objects some members have a shape of their own. Arrays are looked into, also within one another.
     *
     * @param others whether what is not named stays
     */
    record Inner(SortedMap<String, Shape> members, boolean others, boolean makes) implements Shape {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue value, DocumentValue.ObjectValue document) {
            return switch (value) {
                case DocumentValue.ObjectValue object -> object(object.members(), document);
                case DocumentValue.ArrayValue array -> {
                    List<DocumentValue> elements =
                            new ArrayList<>(array.elements().size());
                    for (DocumentValue element : array.elements()) {
                        DocumentValue shaped = apply(element, document);
                        if (shaped != null) {
                            elements.add(shaped);
                        }
                    }
                    yield new DocumentValue.ArrayValue(elements);
                }
                case null -> made(null, document);
                default -> made(others ? value : null, document);
            };
        }

        private @Nullable DocumentValue made(@Nullable DocumentValue otherwise, DocumentValue.ObjectValue document) {
            return makes ? object(new TreeMap<>(), document) : otherwise;
        }

        private DocumentValue object(SortedMap<String, DocumentValue> present, DocumentValue.ObjectValue document) {
            SortedMap<String, DocumentValue> result = others ? new TreeMap<>(present) : new TreeMap<>();
            members.forEach((name, shape) -> {
                DocumentValue member = present.get(name);
                DocumentValue shaped = member == null && !shape.makes() ? null : shape.apply(member, document);
                if (shaped == null) {
                    result.remove(name);
                } else {
                    result.put(name, shaped);
                }
            });
            return new DocumentValue.ObjectValue(result);
        }
    }
}

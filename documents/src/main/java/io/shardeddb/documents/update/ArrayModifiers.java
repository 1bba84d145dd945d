package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The operators that change arrays. */
final class ArrayModifiers {

    private ArrayModifiers() {}

    /**
     * {@code $push}: puts values in, then sorts, then cuts.
     *
     * @param position of the first one, from the end if negative; null: at the end
     * @param slice how many of the first elements stay, of the last if negative; null: all
     * @param order null: as they are; without parts: by the elements themselves
     */
    record Push(
            List<DocumentValue> values,
            @Nullable Long position,
            @Nullable Long slice,
            @Nullable Order order) implements Modifier {
        @Override
        public DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            List<DocumentValue> elements = new ArrayList<>(elements(present, spot));
            elements.addAll(start(elements.size()), values);
            if (order != null) {
                order.sort(elements);
            }
            return same(present, cut(elements));
        }

        private int start(int size) {
            if (position == null || position >= size) {
                return size;
            }
            return position >= 0 ? (int) (long) position : (int) Math.max(0, size + Math.max(position, -size));
        }

        private List<DocumentValue> cut(List<DocumentValue> elements) {
            if (slice == null || Math.abs((double) slice) >= elements.size()) {
                return elements;
            }
            int kept = (int) Math.abs(slice);
            return slice >= 0 ? elements.subList(0, kept) : elements.subList(elements.size() - kept, elements.size());
        }
    }

    /**
     * How {@code $push} sorts.
     *
     * @param paths of the elements; null: the elements themselves
     * @param down whether greater elements come first, if there are no paths
     */
    record Order(@Nullable SortOrder paths, boolean down) {
        void sort(List<DocumentValue> elements) {
            SortOrder by = paths;
            if (by == null) {
                Comparator<DocumentValue> up = ValueOrder::compare;
                elements.sort(down ? up.reversed() : up);
                return;
            }
            record Keyed(DocumentValue element, SortOrder.Key key) {}
            List<Keyed> keyed = new ArrayList<>(elements.size());
            elements.forEach(element -> keyed.add(new Keyed(element, by.keyOfElement(element))));
            keyed.sort((a, b) -> by.compare(a.key(), b.key()));
            elements.clear();
            keyed.forEach(one -> elements.add(one.element()));
        }
    }

    /** {@code $addToSet}: puts the values in that are not there, in their order. */
    record AddToSet(List<DocumentValue> values) implements Modifier {
        @Override
        public DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            List<DocumentValue> elements = new ArrayList<>(elements(present, spot));
            Set<DocumentValue> there = new TreeSet<>(ValueOrder.COMPARATOR);
            there.addAll(elements);
            for (DocumentValue value : values) {
                if (there.add(value)) {
                    elements.add(value);
                }
            }
            return same(present, elements);
        }
    }

    /** {@code $pull} and {@code $pullAll}: takes out the elements that a condition names. */
    record Pull(Predicate<DocumentValue> out) implements Modifier {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            if (present == null) {
                return null;
            }
            List<DocumentValue> elements = new ArrayList<>(elements(present, spot));
            elements.removeIf(out);
            return same(present, elements);
        }

        @Override
        public boolean makes() {
            return false;
        }
    }

    /** {@code $pop}: takes out the first element, or the last one. */
    record Pop(boolean first) implements Modifier {
        @Override
        public @Nullable DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            if (present == null) {
                return null;
            }
            List<DocumentValue> elements = elements(present, spot);
            if (elements.isEmpty()) {
                return present;
            }
            return new ArrayValue(
                    first ? elements.subList(1, elements.size()) : elements.subList(0, elements.size() - 1));
        }

        @Override
        public boolean makes() {
            return false;
        }
    }

    private static List<DocumentValue> elements(@Nullable DocumentValue present, Spot spot) {
        return switch (present) {
            case null -> List.of();
            case ArrayValue array -> array.elements();
            default -> throw spot.error("an array is needed there, but the document has " + present.typeInWords());
        };
    }

    private static DocumentValue same(@Nullable DocumentValue present, List<DocumentValue> elements) {
        return present instanceof ArrayValue array && array.elements().equals(elements)
                ? array
                : new ArrayValue(elements);
    }
}

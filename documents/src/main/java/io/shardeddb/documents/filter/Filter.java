package io.shardeddb.documents.filter;

import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What a document must be to be meant. The semantics are MongoDB's as far as JSON has its values. */
public sealed interface Filter {

    /** All of them hold. */
    record And(List<Filter> filters) implements Filter {
        /** Copies the list. */
        public And {
            filters = List.copyOf(filters);
        }
    }

    /** One of them holds. */
    record Or(List<Filter> filters) implements Filter {
        /** Copies the list. */
        public Or {
            filters = List.copyOf(filters);
        }
    }

    /** None of them holds. */
    record Nor(List<Filter> filters) implements Filter {
        /** Copies the list. */
        public Nor {
            filters = List.copyOf(filters);
        }
    }

    /** A condition holds for what a path leads to. */
    record Field(DocumentPath path, Condition condition) implements Filter {}

    /** The filter that matches every document. */
    static Filter everything() {
        return new And(List.of());
    }

    /**
     * Reads a filter.
     *
     * @param json an object; an id in its place means the document of this id
     * @param place where it is in the request, for errors
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_FILTER with the place and what is allowed
     */
    static Filter parse(DocumentValue json, Place place) {
        return new FilterParser().filter(json, place);
    }

    /** Whether a document is meant. */
    default boolean matches(DocumentValue document) {
        return switch (this) {
            case And(List<Filter> filters) -> filters.stream().allMatch(filter -> filter.matches(document));
            case Or(List<Filter> filters) -> filters.stream().anyMatch(filter -> filter.matches(document));
            case Nor(List<Filter> filters) -> filters.stream().noneMatch(filter -> filter.matches(document));
            case Field(DocumentPath path, Condition condition) -> condition.holds(path.branches(document));
        };
    }

    /**
     * The index of the element of an array by which a document is meant, which an update calls {@code $}. Of several
     * conditions on arrays the last one decides.
     *
     * @return empty: the document is not meant, or by no element
     */
    default OptionalInt matchedElement(DocumentValue document) {
        return matches(document) ? element(document) : OptionalInt.empty();
    }

    private OptionalInt element(DocumentValue document) {
        return switch (this) {
            case And(List<Filter> filters) -> last(filters, document);
            // Only what holds can have matched by an element.
            case Or(List<Filter> filters) ->
                filters.stream()
                        .filter(filter -> filter.matches(document))
                        .map(filter -> filter.element(document))
                        .filter(OptionalInt::isPresent)
                        .findFirst()
                        .orElse(OptionalInt.empty());
            case Nor _ -> OptionalInt.empty();
            case Field(DocumentPath path, Condition condition) -> condition.element(path.branches(document));
        };
    }

    private static OptionalInt last(List<Filter> filters, DocumentValue document) {
        OptionalInt last = OptionalInt.empty();
        for (Filter filter : filters) {
            OptionalInt found = filter.element(document);
            last = found.isPresent() ? found : last;
        }
        return last;
    }

    /**
     * The value that every document which is meant has at a path, as far as the filter says so by itself.
     *
     * @return null: it may be several values, or any
     */
    default @Nullable DocumentValue equalTo(DocumentPath path) {
        List<DocumentValue> values = oneOf(path);
        return values != null && values.size() == 1 ? values.getFirst() : null;
    }

    /**
     * The values of which every document that is meant has one at a path, as far as the filter says so by itself. The
     * path leads to no array, as ids and shard keys do.
     *
     * @return null: it may be any value
     */
    default @Nullable List<DocumentValue> oneOf(DocumentPath path) {
        return switch (this) {
            case And(List<Filter> filters) -> {
                List<DocumentValue> least = null;
                for (Filter filter : filters) {
                    List<DocumentValue> values = filter.oneOf(path);
                    least = values != null && (least == null || values.size() < least.size()) ? values : least;
                }
                yield least;
            }
            case Field(DocumentPath field, Condition condition) when field.equals(path) -> condition.oneOf();
            case Field _, Or _, Nor _ -> null;
        };
    }
}

package io.shardeddb.documents.filter;

import io.shardeddb.documents.filter.Filter.And;
import io.shardeddb.documents.filter.Filter.Field;
import io.shardeddb.documents.filter.Filter.Nor;
import io.shardeddb.documents.filter.Filter.Or;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads one filter. It is used once, because it counts what the filter has. */
final class FilterParser {

    /** Filters and conditions within one another, at most. */
    static final int MAX_DEPTH = 32;

    /** Filters and conditions of one filter, at most. */
    static final int MAX_PARTS = 1_000;

    private static final String LOGICAL = "$and, $or, $nor";

    private int parts;

    /** @throws DatabaseException INVALID_FILTER with the place and what is allowed */
    Filter filter(DocumentValue json, Place place) {
        if (json instanceof TextValue || json instanceof IntegerValue) {
            return new Field(
                    new DocumentPath(List.of(DocumentId.NAME)),
                    new Condition.Compare(Condition.Comparison.EQUAL, json));
        }
        return filter(json, place, 0);
    }

    private Filter filter(DocumentValue json, Place place, int depth) {
        if (!(json instanceof ObjectValue(Map<String, DocumentValue> members))) {
            throw refuse(place, "a filter is an object, not " + json.typeInWords());
        }
        count(place, depth);
        List<Filter> filters = new ArrayList<>(members.size());
        for (Map.Entry<String, DocumentValue> member : members.entrySet()) {
            String name = member.getKey();
            Place at = place.then(name);
            switch (name) {
                case "$and" -> filters.add(new And(list(member.getValue(), at, depth)));
                case "$or" -> filters.add(new Or(list(member.getValue(), at, depth)));
                case "$nor" -> filters.add(new Nor(list(member.getValue(), at, depth)));
                case "$comment" -> count(at, depth);
                default -> filters.add(new Field(path(name, at), condition(member.getValue(), at, depth + 1)));
            }
        }
        return filters.size() == 1 ? filters.getFirst() : new And(filters);
    }

    private List<Filter> list(DocumentValue json, Place place, int depth) {
        if (!(json instanceof ArrayValue(List<DocumentValue> elements)) || elements.isEmpty()) {
            throw refuse(place, "needs an array of at least one filter");
        }
        List<Filter> filters = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            filters.add(filter(elements.get(i), place.then(i), depth + 1));
        }
        return filters;
    }

    private static DocumentPath path(String name, Place place) {
        if (name.startsWith("$")) {
            throw refuse(
                    place,
                    "unknown operator; here are allowed: the name of a member, or a path to one, and " + LOGICAL
                            + ", $comment");
        }
        try {
            return DocumentPath.of(name);
        } catch (IllegalArgumentException e) {
            throw refuse(place, String.valueOf(e.getMessage()));
        }
    }

    /** What stands next to a path: a value, or operators. */
    private Condition condition(DocumentValue json, Place place, int depth) {
        if (json instanceof ObjectValue object && isOperators(object, place)) {
            return operators(object, place, depth);
        }
        count(place, depth);
        return new Condition.Compare(Condition.Comparison.EQUAL, json);
    }

    /** The conditions of operators on one value, each for itself. */
    Condition operators(ObjectValue object, Place place, int depth) {
        count(place, depth);
        return new OperatorParser(this, object, place, depth).all();
    }

    /** The filter of an element. */
    Filter elementFilter(ObjectValue object, Place place, int depth) {
        return filter(object, place, depth);
    }

    /**
     * Whether an object consists of operators.
     *
     * @throws DatabaseException INVALID_FILTER if only some of its members are
     */
    static boolean isOperators(ObjectValue object, Place place) {
        long operators = object.members().keySet().stream()
                .filter(name -> name.startsWith("$"))
                .count();
        if (operators > 0 && operators < object.members().size()) {
            throw refuse(place, "operators and names of members cannot stand side by side");
        }
        return operators > 0;
    }

    /** Counts a part of the filter, and refuses one part too many. */
    void count(Place place, int depth) {
        if (depth > MAX_DEPTH) {
            throw refuse(place, "more than " + MAX_DEPTH + " filters and conditions within one another");
        }
        if (++parts > MAX_PARTS) {
            throw refuse(place, "the filter has more than " + MAX_PARTS + " filters and conditions");
        }
    }

    static DatabaseException refuse(Place place, String message) {
        return place.refuse(ErrorCode.INVALID_FILTER, message);
    }
}

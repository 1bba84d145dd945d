package io.shardeddb.documents.update;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What updates ask of elements of arrays, answered by filters. */
final class Conditions {

    /** The name under which an element is shown to a filter. */
    private static final String ELEMENT = "element";

    private Conditions() {}

    /**
     * What {@code $pull} takes out. An object of operators is a condition on each element, and any other object a
     * filter of the elements that are objects. Everything else is a value.
     */
    static Predicate<DocumentValue> pulled(DocumentValue condition, Spot spot) {
        if (!(condition instanceof ObjectValue object)) {
            return element -> ValueOrder.equal(element, condition);
        }
        boolean operators = object.members().keySet().stream().anyMatch(name -> name.startsWith("$"));
        boolean logical = object.get("$and") != null || object.get("$or") != null || object.get("$nor") != null;
        if (operators && !logical) {
            Filter filter = Filter.parse(one(ELEMENT, condition), spot.place());
            return element -> filter.matches(one(ELEMENT, element));
        }
        Filter filter = Filter.parse(object, spot.place());
        return element -> element instanceof ObjectValue inner && filter.matches(inner);
    }

    /** The conditions that must all hold, as path and condition; alternatives are left out. */
    static List<Map.Entry<String, DocumentValue>> conjuncts(ObjectValue filter) {
        List<Map.Entry<String, DocumentValue>> found = new ArrayList<>();
        filter.members().forEach((name, condition) -> {
            boolean all = name.equals("$and") && condition instanceof ArrayValue;
            boolean only = name.equals("$or")
                    && condition instanceof ArrayValue or
                    && or.elements().size() == 1;
            if (all || only) {
                for (DocumentValue part : ((ArrayValue) condition).elements()) {
                    if (part instanceof ObjectValue object) {
                        found.addAll(conjuncts(object));
                    }
                }
            } else if (!name.startsWith("$")) {
                found.add(Map.entry(name, condition));
            }
        });
        return found;
    }

    /** An object with one member. */
    static ObjectValue one(String name, DocumentValue value) {
        return new ObjectValue(new TreeMap<>(Map.of(name, value)));
    }
}

package io.shardeddb.documents.suite;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.update.DocumentUpdate;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.documents.value.ValueOrder;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Tells of a fact of the suite whether it holds here. */
final class Judges {

    private static final DocumentValue GIVEN = DocumentValue.of("given");

    private Judges() {}

    static boolean holds(SuiteCase each) {
        return switch (each.file() + " " + each.verb()) {
            case "filters.txt match" -> accepted(() -> filter(each, 0).matches(each.value(1)));
            case "filters.txt nomatch" -> accepted(() -> !filter(each, 0).matches(each.value(1)));
            case "filters.txt invalid" -> refused(() -> filter(each, 0).matches(each.value(1)));
            case "filters.txt count" -> accepted(() -> counts(each));
            case "updates.txt change" -> accepted(() -> same(changed(each), each.value(3)));
            case "updates.txt refuse" -> refused(() -> same(changed(each), each.value(0)));
            case "updates.txt upsert" -> accepted(() -> same(upserted(each), each.value(2)));
            case "updates.txt refuse-upsert" -> refused(() -> same(upserted(each), each.value(0)));
            case "sorts.txt order" -> ValueOrder.compare(each.value(0), each.value(1)) < 0;
            case "sorts.txt sort" -> accepted(() -> sorted(each, 0));
            case "sorts.txt sort-ties" -> accepted(() -> sorted(each, 1));
            case "sorts.txt refuse" -> refused(() -> sort(each).isEmpty());
            case "projections.txt project" -> accepted(() -> same(projected(each), each.value(2)));
            case "projections.txt refuse" -> refused(() -> projection(each).equals(Projection.EVERYTHING));
            default -> throw new IllegalArgumentException(each.toString());
        };
    }

    private static boolean accepted(BooleanSupplier fact) {
        try {
            return fact.getAsBoolean();
        } catch (DatabaseException e) {
            return false;
        }
    }

    private static boolean refused(Supplier<?> fact) {
        try {
            Objects.requireNonNull(fact.get());
            return false;
        } catch (DatabaseException e) {
            // Whatever else is thrown is a fault of ours, and fails the test.
            return true;
        }
    }

    private static Filter filter(SuiteCase each, int part) {
        return Filter.parse(each.value(part), new Place("filter"));
    }

    private static boolean counts(SuiteCase each) {
        // The number stands in front of the filter.
        String[] words = each.parts().getFirst().split(" ", 2);
        Filter filter = Filter.parse(DocumentValue.parse(words[1]), new Place("filter"));
        long count = ((ArrayValue) each.value(1))
                .elements().stream().filter(filter::matches).count();
        return count == Long.parseLong(words[0]);
    }

    /** Every document has an id here, and not in the suite. One that the fact does not tell does not count. */
    private static boolean same(ObjectValue result, DocumentValue told) {
        boolean counts = told instanceof ObjectValue object && object.get("_id") != null;
        return ValueOrder.equal(counts ? result : result.without("_id"), told);
    }

    private static ObjectValue changed(SuiteCase each) {
        ObjectValue document = (ObjectValue) each.value(0);
        ObjectValue stored = document.get("_id") == null ? document.with("_id", GIVEN) : document;
        DocumentUpdate update = DocumentUpdate.parse(each.value(2), each.value(1), List.of(), null);
        return filter(each, 1).matches(stored) ? update.apply(stored).orElse(stored) : stored;
    }

    private static ObjectValue upserted(SuiteCase each) {
        return DocumentUpdate.parse(each.value(1), each.value(0), List.of(), null)
                .insert(() -> GIVEN);
    }

    private static List<SortOrder.Part> sort(SuiteCase each) {
        return order(each).parts();
    }

    private static SortOrder order(SuiteCase each) {
        return SortOrder.parse(CanonicalJson.parse(each.parts().getFirst()), Spot.of(ErrorCode.INVALID_SORT, "sort"));
    }

    /** Whether each document comes before the next: less than it, or at most as the bound says. */
    private static boolean sorted(SuiteCase each, int bound) {
        List<DocumentValue> documents = ((ArrayValue) each.value(1)).elements();
        Comparator<ObjectValue> order = order(each).comparator();
        for (int i = 1; i < documents.size(); i++) {
            int compared = order.compare((ObjectValue) documents.get(i - 1), (ObjectValue) documents.get(i));
            if (Integer.signum(compared) >= bound) {
                return false;
            }
        }
        return true;
    }

    private static Projection projection(SuiteCase each) {
        return Projection.parse(each.value(0), Spot.of(ErrorCode.INVALID_PROJECTION, "projection"));
    }

    private static ObjectValue projected(SuiteCase each) {
        return projection(each).apply((ObjectValue) each.value(1));
    }
}

package io.shardeddb.documents.sort;

import io.shardeddb.documents.value.DocumentValue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a document is ordered by. Paths that lead through one array take their values from one element of it: the
 * element that comes first in the order.
 */
final class SortKeys {

    private final SortOrder order;

    private SortKeys(SortOrder order) {
        this.order = order;
    }

    static List<@Nullable DocumentValue> of(SortOrder order, DocumentValue value) {
        int[] all = IntStream.range(0, order.parts().size()).toArray();
        return Arrays.asList(new SortKeys(order).first(value, all, 0));
    }

    /** The values of some parts, of which so many names are behind; the other parts' places stay empty. */
    private @Nullable DocumentValue[] first(DocumentValue value, int[] parts, int step) {
        @Nullable
        DocumentValue[] key = new @Nullable DocumentValue[order.parts().size()];
        if (value instanceof DocumentValue.ArrayValue array) {
            acrossElements(key, array.elements(), parts, step);
            return key;
        }
        Map<String, IntStream.Builder> groups = new LinkedHashMap<>();
        for (int part : parts) {
            List<String> names = order.parts().get(part).names();
            if (step == names.size()) {
                key[part] = value;
            } else {
                groups.computeIfAbsent(names.get(step), _ -> IntStream.builder())
                        .add(part);
            }
        }
        groups.forEach((name, group) -> {
            DocumentValue member = value instanceof DocumentValue.ObjectValue object
                    ? object.members().get(name)
                    : null;
            int[] members = group.build().toArray();
            copy(first(member == null ? DocumentValue.NullValue.NULL : member, members, step + 1), key, members);
        });
        return key;
    }

    private void acrossElements(@Nullable DocumentValue[] key, List<DocumentValue> elements, int[] parts, int step) {
        for (int part : parts) {
            DocumentValue indexed = elementNamed(elements, part, step);
            if (indexed != null) {
                copy(first(indexed, new int[] {part}, step + 1), key, new int[] {part});
            }
        }
        int[] joint = IntStream.of(parts)
                .filter(part -> elementNamed(elements, part, step) == null)
                .toArray();
        if (joint.length == 0) {
            return;
        }
        @Nullable DocumentValue[] best = null;
        for (DocumentValue element : elements) {
            @Nullable DocumentValue[] candidate = ofElement(element, joint, step);
            if (best == null || compare(candidate, best, joint) < 0) {
                best = candidate;
            }
        }
        if (best != null) {
            copy(best, key, joint);
            return;
        }
        for (int part : joint) {
            // An empty array at the end of a path comes before null; on the way, the value is missing.
            key[part] = step == order.parts().get(part).names().size() ? null : DocumentValue.NullValue.NULL;
        }
    }

    /** An element of an array counts as it is: an array within an array is not looked into. */
    private @Nullable DocumentValue[] ofElement(DocumentValue element, int[] parts, int step) {
        if (!(element instanceof DocumentValue.ArrayValue)) {
            return first(element, parts, step);
        }
        @Nullable
        DocumentValue[] key = new @Nullable DocumentValue[order.parts().size()];
        for (int part : parts) {
            key[part] = step == order.parts().get(part).names().size() ? element : DocumentValue.NullValue.NULL;
        }
        return key;
    }

    private @Nullable DocumentValue elementNamed(List<DocumentValue> elements, int part, int step) {
        List<String> names = order.parts().get(part).names();
        if (step == names.size() || !names.get(step).matches("0|[1-9][0-9]{0,8}")) {
            return null;
        }
        int index = Integer.parseInt(names.get(step));
        return index < elements.size() ? elements.get(index) : null;
    }

    private int compare(@Nullable DocumentValue[] a, @Nullable DocumentValue[] b, int[] parts) {
        for (int part : parts) {
            int compared = order.compare(part, a[part], b[part]);
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    private static void copy(@Nullable DocumentValue[] from, @Nullable DocumentValue[] to, int[] parts) {
        for (int part : parts) {
            to[part] = from[part];
        }
    }
}

package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** How a sort orders documents. A list counts by its least element, and by its greatest when the order falls. */
public final class SortModel {

    private SortModel() {}

    /** The order of a sort: paths, each with 1 or -1. */
    public static Comparator<Map<String, Object>> order(List<Map.Entry<String, Long>> sort) {
        Comparator<Map<String, Object>> order = Comparator.comparingInt(document -> 0);
        for (Map.Entry<String, Long> each : sort) {
            Comparator<Object> values = SortModel::compareKeys;
            Comparator<Object> directed = each.getValue() > 0 ? values : values.reversed();
            order = order.thenComparing(document -> key(each.getKey(), document, directed), directed);
        }
        return order;
    }

    /** The value that comes first in the direction of the sort. An empty list comes before null. */
    private static Object key(String path, Map<String, Object> document, Comparator<Object> directed) {
        List<Object> keys = new ArrayList<>();
        for (Found found : Found.at(path, document)) {
            if (found.value() instanceof List<?> list && !found.whole()) {
                keys.addAll(list.isEmpty() ? List.of(Before.NULL) : list);
            } else {
                keys.add(found.value());
            }
        }
        return keys.stream().min(directed).orElse(Absent.NULL);
    }

    private enum Before {
        NULL
    }

    private static int compareKeys(Object a, Object b) {
        if (a == Before.NULL || b == Before.NULL) {
            return Boolean.compare(a != Before.NULL, b != Before.NULL);
        }
        return Values.compare(a, b);
    }
}

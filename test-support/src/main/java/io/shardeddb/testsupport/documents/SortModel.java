package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How a sort orders documents: by the keys that an index would have. A list has a key for each element, and the one
 * that comes first counts.
 */
public final class SortModel {

    private SortModel() {}

    /** The order of a sort: paths, each with 1 or -1. */
    public static Comparator<Map<String, Object>> order(List<Map.Entry<String, Long>> sort) {
        Comparator<Map<String, Object>> order = Comparator.comparingInt(document -> 0);
        for (Map.Entry<String, Long> each : sort) {
            String[] path = each.getKey().split("\\.", -1);
            Comparator<Object> directed = each.getValue() > 0
                    ? SortModel::compareKeys
                    : ((Comparator<Object>) SortModel::compareKeys).reversed();
            order = order.thenComparing(
                    document -> keys(document, path, 0).stream().min(directed).orElseThrow(), directed);
        }
        return order;
    }

    private static List<Object> keys(Object value, String[] path, int at) {
        boolean end = at == path.length;
        if (value instanceof List<?> list) {
            return keysOfList(Values.list(list), path, at);
        }
        if (end) {
            return List.of(value);
        }
        return value instanceof Map<?, ?> map
                ? keys(Values.object(map).getOrDefault(path[at], Absent.NULL), path, at + 1)
                : List.of(Absent.NULL);
    }

    /** An empty list at the end comes before null. A list within a list is a key as it is. */
    private static List<Object> keysOfList(List<Object> list, String[] path, int at) {
        boolean end = at == path.length;
        if (!end && path[at].matches("[0-9]") && Integer.parseInt(path[at]) < list.size()) {
            return keys(list.get(Integer.parseInt(path[at])), path, at + 1);
        }
        if (list.isEmpty()) {
            return List.of(end ? Before.NULL : Absent.NULL);
        }
        List<Object> keys = new ArrayList<>();
        for (Object element : list) {
            if (element instanceof List<?>) {
                keys.add(end ? element : Absent.NULL);
            } else {
                keys.addAll(keys(element, path, at));
            }
        }
        return keys;
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

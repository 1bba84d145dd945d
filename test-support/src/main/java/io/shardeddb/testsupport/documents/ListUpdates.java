package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the operators for lists make of a list. */
final class ListUpdates {

    private ListUpdates() {}

    static List<Object> push(List<Object> list, Object operand) {
        if (!(operand instanceof Map<?, ?> map) || !map.containsKey("$each")) {
            list.add(Values.copy(operand));
            return list;
        }
        Map<String, Object> how = Values.object(operand);
        int position = how.containsKey("$position") ? ((Long) how.get("$position")).intValue() : list.size();
        List<Object> added = new ArrayList<>(Values.list(Values.copy(how.getOrDefault("$each", List.of()))));
        list.addAll(position < 0 ? Math.max(0, list.size() + position) : Math.min(position, list.size()), added);
        if (how.get("$sort") instanceof Long direction) {
            list.sort((a, b) -> direction > 0 ? Values.compare(a, b) : Values.compare(b, a));
        }
        if (how.get("$slice") instanceof Long slice) {
            int size = list.size();
            return slice < 0
                    ? list.subList((int) Math.max(0, size + slice), size)
                    : list.subList(0, (int) Math.min(size, slice));
        }
        return list;
    }

    static List<Object> addToSet(List<Object> list, Object operand) {
        List<Object> added = operand instanceof Map<?, ?> map && map.containsKey("$each")
                ? Values.list(Values.object(operand).getOrDefault("$each", List.of()))
                : List.of(operand);
        for (Object each : added) {
            if (list.stream().noneMatch(present -> Values.same(present, each))) {
                list.add(Values.copy(each));
            }
        }
        return list;
    }

    static List<Object> without(String operator, List<Object> list, Object operand) {
        if (operator.equals("$pull")) {
            list.removeIf(each -> pulled(each, operand));
        } else if (!list.isEmpty()) {
            list.remove(((Long) operand) > 0 ? list.size() - 1 : 0);
        }
        return list;
    }

    /** An object is a condition on the element, and anything else a value that it equals. */
    private static boolean pulled(Object element, Object operand) {
        return operand instanceof Map<?, ?>
                ? FilterModel.pulls(Values.object(operand), element)
                : Values.same(element, operand);
    }
}

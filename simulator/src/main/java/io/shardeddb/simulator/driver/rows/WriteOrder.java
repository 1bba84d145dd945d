package io.shardeddb.simulator.driver.rows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * In which order rows were written, by whom. Each writer changes a row by what it finds there, so it depends on the one
 * before it. Where these dependencies have no circle, all writes can stand in one order, and each sees what it would
 * see if they were run so (Adya, Liskov, O'Neil: Generalized Isolation Level Definitions, 2000).
 */
final class WriteOrder {
    private final Map<TransactionTruth.RowAt, String> last = new HashMap<>();
    private final Map<String, Set<String>> after = new LinkedHashMap<>();

    /** A row is written by somebody, after all who wrote it before. */
    void wrote(String writer, TransactionTruth.RowAt row) {
        String before = last.put(row, writer);
        after.computeIfAbsent(writer, name -> new LinkedHashSet<>());
        if (before != null && !before.equals(writer)) {
            after.computeIfAbsent(before, name -> new LinkedHashSet<>()).add(writer);
        }
    }

    /** Writers each of which must stand after the one before it, in a circle; empty: there is none. */
    String circle() {
        Map<String, Integer> open = new HashMap<>();
        after.values().forEach(next -> next.forEach(each -> open.merge(each, 1, Integer::sum)));
        List<String> free = new ArrayList<>();
        after.keySet().stream().filter(each -> !open.containsKey(each)).forEach(free::add);
        Set<String> left = new LinkedHashSet<>(after.keySet());
        while (!free.isEmpty()) {
            String first = free.removeLast();
            left.remove(first);
            for (String next : after.getOrDefault(first, Set.of())) {
                if (open.merge(next, -1, Integer::sum) == 0) {
                    free.add(next);
                }
            }
        }
        return left.isEmpty() ? "" : "among " + left;
    }
}

package io.shardeddb.simulator.driver.rows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * In which order rows were written and read, by whom. Each writer changes a row by what it finds there, so it depends
 * on the one before it. Who has read a row depends on who wrote it last, and stands before who writes it next. Where
 * these dependencies have no circle, all writers can stand in one order, and each sees what it would see if they were
 * run so (Adya, Liskov, O'Neil: Generalized Isolation Level Definitions, 2000).
 */
final class WriteOrder {
    private final Map<TransactionTruth.RowAt, List<Write>> writes = new HashMap<>();
    private final List<Read> reads = new ArrayList<>();
    private final Set<String> writers = new LinkedHashSet<>();

    private record Write(String writer, long index) {}

    private record Read(String reader, TransactionTruth.RowAt row, long index) {}

    /** A row is written by somebody, after all who wrote it before. */
    void wrote(String writer, TransactionTruth.RowAt row, long index) {
        writers.add(writer);
        writes.computeIfAbsent(row, at -> new ArrayList<>()).add(new Write(writer, index));
    }

    /** Somebody has read a row, or that there is none, as it was at an index. It counts when he writes something. */
    void read(String reader, TransactionTruth.RowAt row, long index) {
        reads.add(new Read(reader, row, index));
    }

    private Map<String, Set<String>> dependencies() {
        Map<String, Set<String>> after = new LinkedHashMap<>();
        writers.forEach(writer -> after.put(writer, new LinkedHashSet<>()));
        for (List<Write> ofRow : writes.values()) {
            for (int i = 1; i < ofRow.size(); i++) {
                add(after, ofRow.get(i - 1).writer(), ofRow.get(i).writer());
            }
        }
        for (Read read : reads) {
            if (writers.contains(read.reader())) {
                for (Write write : writes.getOrDefault(read.row(), List.of())) {
                    if (write.index() <= read.index()) {
                        add(after, write.writer(), read.reader());
                    } else {
                        add(after, read.reader(), write.writer());
                    }
                }
            }
        }
        return after;
    }

    private static void add(Map<String, Set<String>> after, String one, String next) {
        if (!one.equals(next)) {
            Objects.requireNonNull(after.get(one)).add(next);
        }
    }

    /** Writers each of which must stand after the one before it, in a circle; empty: there is none. */
    String circle() {
        Map<String, Set<String>> after = dependencies();
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

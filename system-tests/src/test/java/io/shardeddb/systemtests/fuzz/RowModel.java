package io.shardeddb.systemtests.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A plain model of the rows of a database: what each row may be, and how many columns each table may have. Every answer
 * of a strong read is compared with it. Thread-safe.
 */
public final class RowModel {

    /** Positions of one shard of the fuzzer's databases. */
    public static final long SHARD_SIZE = 1_000;

    private final Problems problems;
    private final Map<String, ConcurrentSkipListMap<Long, RowHistory>> tables = new ConcurrentHashMap<>();
    /** The fewest columns that a table can have in a shard: so many were seen there. */
    private final Map<String, Integer> fewest = new ConcurrentHashMap<>();

    private final Map<String, Integer> most = new ConcurrentHashMap<>();
    private final AtomicLong writes = new AtomicLong();

    public RowModel(Problems problems) {
        this.problems = problems;
    }

    /** What a question was put for, before it was put. */
    record Asked(String table, long begin, Map<String, Integer> fewest) {}

    /** A valid spec asks for so many columns of a table from now on: it may have them. */
    void asksFor(String table, int columns) {
        most.merge(table, columns, Math::max);
    }

    /** Columns that a table has for sure, in some shard; 0: perhaps it is not there. */
    int surely(String table) {
        return fewest.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(table + "/"))
                .mapToInt(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /** Columns that a valid spec has asked for, at most. */
    int most(String table) {
        return most.getOrDefault(table, 0);
    }

    /** Whether a table may have these columns at some time. */
    boolean mayHave(String table, List<String> columns) {
        return columns.size() >= TableShape.FIRST
                && columns.size() <= most(table)
                && IntStream.range(0, columns.size())
                        .allMatch(column -> columns.get(column).equals(TableShape.name(column)));
    }

    long nextWrite() {
        return writes.incrementAndGet();
    }

    RowHistory row(String table, long key) {
        return rows(table).computeIfAbsent(key, any -> new RowHistory());
    }

    private ConcurrentSkipListMap<Long, RowHistory> rows(String table) {
        return tables.computeIfAbsent(table, any -> new ConcurrentSkipListMap<>());
    }

    /** Tables that rows were written to. */
    Set<String> tables() {
        return new TreeSet<>(tables.keySet());
    }

    /** To be called before a question is sent. */
    Asked asking(String table) {
        return new Asked(table, System.nanoTime(), Map.copyOf(fewest));
    }

    /** An acknowledged write has set columns up to this one. */
    void written(String table, long key, int columns) {
        fewest.merge(place(table, key), columns, Math::max);
    }

    private static String place(String table, long key) {
        return table + "/" + Math.floorDiv(key, SHARD_SIZE);
    }

    /** Judges the answer to a question for one row; {@code seen} is null when it said that there is none. */
    void judge(Asked asked, long key, @Nullable JsonNode seen, String how) {
        judge(asked, key, seen, System.nanoTime(), how);
    }

    private void judge(Asked asked, long key, @Nullable JsonNode seen, long end, String how) {
        @Nullable Map<Integer, Long> columns = null;
        if (seen != null) {
            try {
                columns = TableShape.read(asked.table(), seen);
            } catch (IllegalArgumentException e) {
                problem(asked, key, how + ": " + e.getMessage() + ": " + seen);
                return;
            }
            int count = seen.size();
            int least = asked.fewest().getOrDefault(place(asked.table(), key), 0);
            if (count < least || count > most(asked.table())) {
                problem(
                        asked,
                        key,
                        how
                                + ": a row with %d columns, where at least %d were in force and at most %d were ever good: %s"
                                        .formatted(count, least, most(asked.table()), seen));
                return;
            }
            fewest.merge(place(asked.table(), key), count, Math::max);
        }
        @Nullable RowHistory history = rows(asked.table()).get(key);
        @Nullable
        String fault = history == null
                ? seen == null ? null : "was never written, and was read as " + seen
                : history.fault(columns, asked.begin(), end);
        if (fault != null) {
            problem(asked, key, how + ": " + fault);
        }
    }

    /**
     * Judges an answer that calls itself whole: every row of the range once, in order.
     *
     * @param first lowest key that the answer is to have
     * @param last highest key that it is to have
     */
    void judgeRange(Asked asked, long first, long last, boolean descending, List<JsonNode> seen, String how) {
        long end = System.nanoTime();
        Map<Long, JsonNode> byKey = new TreeMap<>();
        @Nullable Long before = null;
        for (JsonNode row : seen) {
            long key = row.path(TableShape.name(0)).asLong(Long.MIN_VALUE);
            boolean inOrder = before == null || (descending ? key < before : key > before);
            if (key < first || key > last || !inOrder) {
                problem(
                        asked,
                        key,
                        how + ": row " + key + " after " + before + " in an answer from " + first + " to " + last);
                return;
            }
            before = key;
            byKey.put(key, row);
        }
        Set<Long> keys = new TreeSet<>(
                rows(asked.table()).subMap(first, true, last, true).keySet());
        keys.addAll(byKey.keySet());
        for (long key : keys) {
            judge(asked, key, byKey.get(key), end, how + " of " + seen.size() + " rows from " + first + " to " + last);
        }
    }

    void problem(Asked asked, long key, String text) {
        problem(asked.table(), key, "a question of" + problems.time(asked.begin()) + ": " + text);
    }

    /** Something was wrong with a row: tells the last writes of it too. */
    void problem(String table, long key, String text) {
        StringBuilder whole = new StringBuilder("row " + key + " of " + table + ": " + text);
        @Nullable RowHistory history = rows(table).get(key);
        if (history != null) {
            history.lines().forEach(line -> whole.append("\n        ").append(line));
        }
        problems.add(whole.toString());
    }

    /** Rows whose last write has no known outcome. */
    public List<String> open() {
        List<String> open = new ArrayList<>();
        tables.forEach((table, rows) -> rows.forEach((key, row) -> {
            if (row.isOpen()) {
                open.add("row " + key + " of " + table + ": " + row.lines());
            }
        }));
        return open;
    }
}

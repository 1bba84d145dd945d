package io.shardeddb.cli.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the database must hold: for each key the last acknowledged row, and the rows whose writing was never settled and
 * which may therefore be there or not. Each key has one writer at a time. Thread-safe.
 */
public final class Expected {

    private final Map<Long, Student> acknowledged = new HashMap<>();
    private final Map<Long, List<Student>> unsettled = new HashMap<>();
    private long acknowledgements;

    /** A write was acknowledged: nothing older may be seen from now on. */
    public synchronized void acknowledged(Student row) {
        acknowledged.put(row.id(), row);
        unsettled.remove(row.id());
        acknowledgements++;
    }

    /** It stayed unknown whether a write was done. */
    public synchronized void unsettled(Student row) {
        unsettled.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row);
    }

    /** The last acknowledged row of a key: a strong read that begins now must give it or a later one. */
    public synchronized Optional<Student> lastAcknowledged(long id) {
        return Optional.ofNullable(acknowledged.get(id));
    }

    /** The highest marks of any row that was written, settled or not; -1 when there is none. */
    public synchronized long highestMarks() {
        return Stream.concat(
                        acknowledged.values().stream(),
                        unsettled.values().stream().flatMap(List::stream))
                .mapToLong(Student::marks)
                .max()
                .orElse(-1);
    }

    /** Writes acknowledged. */
    public synchronized long acknowledgements() {
        return acknowledgements;
    }

    /** Keys with an acknowledged row. */
    public synchronized int rows() {
        return acknowledged.size();
    }

    /** Writes that stayed unknown and were not followed by an acknowledged one. */
    public synchronized int unsettledRows() {
        return unsettled.values().stream().mapToInt(List::size).sum();
    }

    /**
     * Compares with what was read.
     *
     * @param found every row of the table by key
     * @return one line per difference; empty when nothing differs
     */
    public synchronized List<String> differences(Map<Long, Student> found) {
        List<String> differences = new ArrayList<>();
        acknowledged.forEach((id, row) -> {
            @Nullable Student there = found.get(id);
            if (there == null) {
                differences.add("row " + id + " was acknowledged and is missing: " + row);
            } else if (!there.equals(row)
                    && !unsettled.getOrDefault(id, List.of()).contains(there)) {
                differences.add("row " + id + " was acknowledged as " + row + " and is " + there);
            }
        });
        found.forEach((id, row) -> {
            if (!acknowledged.containsKey(id)
                    && !unsettled.getOrDefault(id, List.of()).contains(row)) {
                differences.add("row " + id + " was never written like this: " + row);
            }
        });
        return differences;
    }
}

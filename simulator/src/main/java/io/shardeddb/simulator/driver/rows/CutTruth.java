package io.shardeddb.simulator.driver.rows;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules that a read of several groups at one common moment must keep. An observer of everything knows which writes
 * it saw by the index of each group that it shows.
 */
public final class CutTruth {
    private final Schedule schedule;
    private final Map<String, Writer> writers = new LinkedHashMap<>();
    private final List<Map<String, State>> cuts = new ArrayList<>();

    /** A write, of one group or several. */
    private static final class Writer {
        private final String name;
        private long asked = Long.MAX_VALUE;
        private long answered = Long.MAX_VALUE;
        /** Where it changes rows; the index once it has. */
        private final Map<String, Long> groups = new HashMap<>();

        Writer(String name) {
            this.name = name;
        }

        boolean isSeen(String group, Map<String, State> cut) {
            State state = cut.get(group);
            return state != null && groups.getOrDefault(group, Long.MAX_VALUE) <= state.index();
        }

        boolean isMissed(Map<String, State> cut) {
            return groups.keySet().stream().anyMatch(group -> cut.containsKey(group) && !isSeen(group, cut));
        }

        /** Whether a part of it is seen and another is not. */
        boolean isTorn(Map<String, State> cut) {
            return isMissed(cut) && groups.keySet().stream().anyMatch(group -> isSeen(group, cut));
        }
    }

    CutTruth(Schedule schedule) {
        this.schedule = schedule;
    }

    private Writer writer(String name) {
        return writers.computeIfAbsent(name, Writer::new);
    }

    /** Somebody asks for a write, for the first time. */
    public void asked(String name) {
        writer(name).asked = schedule.now();
    }

    /** He was told that it is done. */
    public void answered(String name) {
        writer(name).answered = Math.min(writer(name).answered, schedule.now());
    }

    /** It was decided, and is going to change rows of a group. */
    void decided(String name, String group) {
        writer(name).groups.putIfAbsent(group, Long.MAX_VALUE);
    }

    /** It has changed rows. */
    void wrote(String name, String group, long index) {
        writer(name).groups.put(group, index);
    }

    private void broken(String rule, String text) {
        schedule.broken(new RuleBroken(rule, text));
    }

    /**
     * Such a read was answered.
     *
     * @param cut what it showed of each group
     * @param begun when it was asked for
     */
    public void read(String who, Map<String, State> cut, long begun) {
        Writer missed = null;
        for (Writer writer : writers.values()) {
            if (writer.isTorn(cut)) {
                broken("a read of several groups sees a write whole or not at all", who + " of " + writer.name);
            }
            if (writer.isMissed(cut) && (missed == null || writer.answered < missed.answered)) {
                missed = writer;
            }
        }
        if (missed != null) {
            misses(who, cut, begun, missed);
        }
        cuts.forEach(other -> compare(who, cut, other));
        cuts.add(cut);
    }

    private void misses(String who, Map<String, State> cut, long begun, Writer missed) {
        if (missed.answered < begun) {
            broken("a strong read sees each write that was answered before it began", who + " misses " + missed.name);
        }
        for (Writer writer : writers.values()) {
            boolean seen = writer.groups.keySet().stream().anyMatch(group -> writer.isSeen(group, cut));
            if (seen && writer.asked < Long.MAX_VALUE && writer.asked > missed.answered) {
                broken(
                        "who sees a write sees all that were answered before it was asked for",
                        who + " sees " + writer.name + " and misses " + missed.name);
            }
        }
    }

    /** Whether a read sees a part of a write, and misses another part. */
    public boolean isFractured(Map<String, State> cut) {
        return writers.values().stream().anyMatch(writer -> writer.isTorn(cut));
    }

    /** A read of all groups sees all transfers. */
    public void sums(String who, Map<String, State> cut) {
        long sum = 0;
        for (State state : cut.values()) {
            for (StoredRow row : state.rows().values()) {
                sum += row.row().get(SimTable.AMOUNT) instanceof Value.Int64(long amount) ? amount : 0;
            }
        }
        if (sum != 0) {
            broken("what is taken from one row is in another, for each reader", who + " sees a sum of " + sum);
        }
    }

    private void compare(String who, Map<String, State> one, Map<String, State> other) {
        if (areInDifferentOrders(one, other)) {
            broken("two readers see all writes in one order", who + " and an earlier one");
        }
    }

    /** Whether of two reads each sees a write that the other misses: they see two writes in different orders. */
    public static boolean areInDifferentOrders(Map<String, State> one, Map<String, State> other) {
        boolean later = false;
        boolean earlier = false;
        for (Map.Entry<String, State> each : one.entrySet()) {
            State mine = each.getValue();
            State theirs = other.get(each.getKey());
            Map<ByteString, StoredRow> rows = theirs == null ? mine.rows() : theirs.rows();
            if (theirs != null && !mine.rows().equals(rows)) {
                later |= mine.index() > theirs.index();
                earlier |= mine.index() < theirs.index();
            }
        }
        return later && earlier;
    }
}

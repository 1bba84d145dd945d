package io.shardeddb.documents.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is looked up in the index of one path.
 *
 * @param path of the index
 * @param numbers whether values are looked up as numbers; else as JSON
 * @param ranges all of that kind. Documents with an array at the path, or on the way to it, are looked up too
 */
public record IndexLookup(String path, boolean numbers, List<IndexRange> ranges) {

    /** Copies the list. */
    public IndexLookup {
        ranges = List.copyOf(ranges);
    }

    private boolean isOfSameValues(IndexLookup other) {
        return path.equals(other.path) && numbers == other.numbers;
    }

    /** Two lookups as one: what either means, if they are of the same index and kind. Else both. */
    static List<IndexLookup> either(List<IndexLookup> some, IndexLookup more) {
        List<IndexLookup> merged = new ArrayList<>();
        boolean taken = false;
        for (IndexLookup each : some) {
            if (each.isOfSameValues(more)) {
                List<IndexRange> ranges = new ArrayList<>(each.ranges());
                more.ranges().stream().filter(range -> !ranges.contains(range)).forEach(ranges::add);
                merged.add(new IndexLookup(each.path(), each.numbers(), ranges));
                taken = true;
            } else {
                merged.add(each);
            }
        }
        if (!taken) {
            merged.add(more);
        }
        return merged;
    }

    /** What this and another lookup of the same index and kind mean both; null: they are of two. */
    @Nullable
    IndexLookup both(IndexLookup other) {
        if (!isOfSameValues(other)) {
            return null;
        }
        List<IndexRange> common = new ArrayList<>();
        for (IndexRange range : ranges) {
            other.ranges.forEach(each -> range.common(each).ifPresent(common::add));
        }
        return new IndexLookup(path, numbers, common);
    }

    /** How much of the index it is likely to find, see {@link IndexRange#weight}. */
    int weight() {
        return ranges.stream().mapToInt(IndexRange::weight).sum();
    }
}

package io.shardeddb.documents.sql;

import io.shardeddb.documents.filter.Filter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How documents are found by indexes: each one that a filter means is found by one of the lookups at least. They find
 * others too, on which the filter decides.
 *
 * @param lookups at least one, each of another index or kind
 */
public record IndexSearch(List<IndexLookup> lookups) {

    /** Ranges of all lookups together, at most. */
    static final int MAX_RANGES = 500;

    /** Copies the list. */
    public IndexSearch {
        lookups = List.copyOf(lookups);
    }

    /**
     * The search that is likely to find least.
     *
     * @param paths that have indexes
     * @return empty: no index helps with this filter
     */
    public static Optional<IndexSearch> of(Filter filter, Set<String> paths) {
        return paths.isEmpty()
                ? Optional.empty()
                : new SearchPlanner(paths).filter(filter).filter(search -> search.ranges() <= MAX_RANGES);
    }

    private int ranges() {
        return lookups.stream().mapToInt(lookup -> lookup.ranges().size()).sum();
    }

    /** How much it is likely to find, see {@link IndexRange#weight}. */
    int weight() {
        return lookups.stream().mapToInt(IndexLookup::weight).sum();
    }
}

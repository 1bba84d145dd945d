package io.shardeddb.documents.sql;

import io.shardeddb.documents.filter.Condition;
import io.shardeddb.documents.filter.Condition.Comparison;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Plans searches by the indexes of some paths. An empty result: no index helps. */
final class SearchPlanner {

    private final Set<String> paths;

    SearchPlanner(Set<String> paths) {
        this.paths = paths;
    }

    Optional<IndexSearch> filter(Filter filter) {
        return switch (filter) {
            case Filter.And(List<Filter> filters) -> all(filters.stream().map(this::filter));
            case Filter.Or(List<Filter> filters) -> one(filters.stream().map(this::filter));
            case Filter.Nor _ -> Optional.empty();
            case Filter.Field(DocumentPath path, Condition condition) ->
                paths.contains(path.text()) ? condition(path.text(), condition) : Optional.empty();
        };
    }

    /** All must hold: the one that finds least. What two of them say of one index is put together. */
    private static Optional<IndexSearch> all(Stream<Optional<IndexSearch>> parts) {
        List<IndexSearch> searches = new ArrayList<>();
        parts.flatMap(Optional::stream).forEach(search -> add(search, searches));
        return searches.stream().min(Comparator.comparingInt(IndexSearch::weight));
    }

    private static void add(IndexSearch search, List<IndexSearch> searches) {
        for (int i = 0; search.lookups().size() == 1 && i < searches.size(); i++) {
            List<IndexLookup> known = searches.get(i).lookups();
            IndexLookup both =
                    known.size() == 1 ? known.getFirst().both(search.lookups().getFirst()) : null;
            if (both != null) {
                searches.set(i, new IndexSearch(List.of(both)));
                return;
            }
        }
        searches.add(search);
    }

    /** One must hold: if no index helps with one of them, none helps. */
    private static Optional<IndexSearch> one(Stream<Optional<IndexSearch>> parts) {
        List<IndexLookup> lookups = new ArrayList<>();
        for (Optional<IndexSearch> part : parts.toList()) {
            if (part.isEmpty()) {
                return Optional.empty();
            }
            for (IndexLookup lookup : part.get().lookups()) {
                lookups = IndexLookup.either(lookups, lookup);
            }
            if (lookups.stream().mapToInt(each -> each.ranges().size()).sum() > IndexSearch.MAX_RANGES) {
                return Optional.empty();
            }
        }
        return lookups.isEmpty() ? Optional.empty() : Optional.of(new IndexSearch(lookups));
    }

    private Optional<IndexSearch> condition(String path, Condition condition) {
        return switch (condition) {
            case Condition.Every(List<Condition> conditions) ->
                all(conditions.stream().map(each -> condition(path, each)));
            case Condition.Any(List<Condition> conditions) ->
                one(conditions.stream().map(each -> condition(path, each)));
            case Condition.In(List<DocumentValue> values) ->
                one(values.stream().map(value -> compare(path, Comparison.EQUAL, value)));
            case Condition.Compare(Comparison comparison, DocumentValue operand) -> compare(path, comparison, operand);
            case Condition.Not _,
                    Condition.Exists _,
                    Condition.Type _,
                    Condition.Regex _,
                    Condition.Modulo _,
                    Condition.Bits _,
                    Condition.Size _,
                    Condition.ElementMatches _,
                    Condition.ElementHolds _ -> Optional.empty();
        };
    }

    private static Optional<IndexSearch> compare(String path, Comparison comparison, DocumentValue operand) {
        return switch (operand) {
            case TextValue(String text) -> lookup(path, false, texts(comparison, text));
            case IntegerValue(long number) -> lookup(path, true, List.of(numbers(comparison, (double) number)));
            case DoubleValue(double number) -> lookup(path, true, List.of(numbers(comparison, number)));
            case BooleanValue(boolean bool)
            when comparison == Comparison.EQUAL ->
                lookup(path, false, List.of(new IndexRange.Texts(String.valueOf(bool), String.valueOf(bool))));
            default -> Optional.empty();
        };
    }

    private static Optional<IndexSearch> lookup(String path, boolean numbers, List<IndexRange> ranges) {
        return Optional.of(new IndexSearch(List.of(new IndexLookup(path, numbers, ranges))));
    }

    private static List<IndexRange> texts(Comparison comparison, String text) {
        return switch (comparison) {
            case EQUAL -> List.of(TextRanges.equal(text));
            case LESS, LESS_OR_EQUAL -> TextRanges.atMost(text);
            case GREATER, GREATER_OR_EQUAL -> List.of(TextRanges.atLeast(text));
        };
    }

    /** Rounding keeps the order of numbers, but may make different ones equal. */
    private static IndexRange numbers(Comparison comparison, double number) {
        return switch (comparison) {
            case EQUAL -> new IndexRange.Numbers(number, number);
            case LESS, LESS_OR_EQUAL -> new IndexRange.Numbers(IndexRange.Numbers.ALL.least(), number);
            case GREATER, GREATER_OR_EQUAL -> new IndexRange.Numbers(number, IndexRange.Numbers.ALL.greatest());
        };
    }
}

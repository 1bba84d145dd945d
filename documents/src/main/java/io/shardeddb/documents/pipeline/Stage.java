package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.expression.Expression;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.SortOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step of a pipeline. Immutable. */
public sealed interface Stage {

    /** {@code $match}: gives on what a filter matches. */
    record Match(Filter filter) implements Stage {}

    /** {@code $project}, {@code $addFields}, {@code $set}, {@code $unset}: gives each document on in another shape. */
    record Reshape(Projection projection) implements Stage {}

    /** {@code $replaceRoot}: gives an object on that is computed from each document. */
    record Replace(Expression root, Spot spot) implements Stage {}

    /** {@code $sort}: gives all documents on in an order. */
    record Sort(SortOrder order) implements Stage {}

    /** {@code $limit}: gives so many documents on, above 0. */
    record Limit(long count) implements Stage {}

    /** {@code $skip}: leaves so many documents out. */
    record Skip(long count) implements Stage {}

    /**
     * {@code $unwind}: gives a document on for each element of an array.
     *
     * @param path of the array
     * @param index the path that gets the element's index; null: none
     * @param keepsEmpty whether documents without an element are given on too
     */
    record Unwind(List<String> path, @Nullable List<String> index, boolean keepsEmpty) implements Stage {}

    /**
     * {@code $group}: gives a document on for each different key, with what was gathered of its documents.
     *
     * @param key of a document
     * @param members by their names
     */
    record Group(Expression key, Map<String, Accumulation> members, Spot spot) implements Stage {}

    /** {@code $count}: gives one document on that says how many came, or none if none did. */
    record Count(String name) implements Stage {}

    /** What a group gathers: an accumulator and the value that it gets of each document. */
    record Accumulation(String accumulator, Expression value) {}
}

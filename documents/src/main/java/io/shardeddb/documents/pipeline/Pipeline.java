package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.value.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of stages. The leading {@code $match} is a filter, which the shards can decide. The other stages run above
 * them.
 *
 * @param filter of the documents that the stages get
 * @param stages the rest, in their order
 */
public record Pipeline(Filter filter, List<Stage> stages) {

    /** Most stages of a pipeline. */
    public static final int MOST_STAGES = 100;

    public Pipeline {
        stages = List.copyOf(stages);
    }

    /**
     * Reads a pipeline.
     *
     * @param json as {@code CanonicalJson.parse} gives it: the order of a sort's members counts
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_PIPELINE or INVALID_FILTER, with the place
     */
    public static Pipeline parse(@Nullable Object json, Place place) {
        List<Stage> stages = StageParser.stages(json, place);
        List<Filter> leading = new ArrayList<>();
        for (Stage stage : stages) {
            if (!(stage instanceof Stage.Match match)) {
                break;
            }
            leading.add(match.filter());
        }
        Filter filter = leading.size() == 1 ? leading.getFirst() : new Filter.And(leading);
        return new Pipeline(filter, stages.subList(leading.size(), stages.size()));
    }

    /**
     * How many of the matching documents are needed at most, whichever they are: {@link Long#MAX_VALUE} if all may be.
     */
    public long needed() {
        long skipped = 0;
        for (Stage stage : stages) {
            switch (stage) {
                case Stage.Limit limit -> {
                    return sum(skipped, limit.count());
                }
                case Stage.Skip skip -> skipped = sum(skipped, skip.count());
                case Stage.Reshape _, Stage.Replace _ -> {}
                case Stage.Match _, Stage.Sort _, Stage.Unwind _, Stage.Group _, Stage.Count _ -> {
                    return Long.MAX_VALUE;
                }
            }
        }
        return Long.MAX_VALUE;
    }

    /** Whether the documents that match are only counted: no document need be read then. The name is the stage's. */
    public @Nullable String countedAs() {
        return stages.size() == 1 && stages.getFirst() instanceof Stage.Count(String name) ? name : null;
    }

    /**
     * The stages at work in front of a sink. They get documents that match the filter, in any order.
     *
     * @param budget what sorts and groups take their memory from
     */
    public DocumentSink into(DocumentSink sink, MemoryBudget budget) {
        DocumentSink next = sink;
        for (int i = stages.size() - 1; i >= 0; i--) {
            next = Running.of(stages.get(i), wantedFrom(i + 1), next, budget);
        }
        return next;
    }

    /** How many documents the stages from one on want at most. */
    private long wantedFrom(int stage) {
        return new Pipeline(filter, stages.subList(stage, stages.size())).needed();
    }

    private static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}

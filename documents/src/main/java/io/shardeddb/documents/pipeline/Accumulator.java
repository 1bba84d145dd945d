package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.expression.Sum;
import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.memory.MemorySize;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is gathered of the documents of a group. Not for several threads at once. */
abstract sealed class Accumulator {

    /** All names, as messages list them. */
    static final List<String> NAMES =
            List.of("$addToSet", "$avg", "$count", "$first", "$last", "$max", "$min", "$push", "$sum");

    private static final long SLOT = 48;

    /** A new one; the name is one of {@link #NAMES}. */
    static Accumulator of(String name) {
        return switch (name) {
            case "$sum", "$count" -> new Total(false);
            case "$avg" -> new Total(true);
            case "$min" -> new Extreme(false);
            case "$max" -> new Extreme(true);
            case "$first" -> new End(true);
            case "$last" -> new End(false);
            case "$push" -> new Gathered(new ArrayList<>());
            case "$addToSet" -> new Gathered(new TreeSet<>(ValueOrder.COMPARATOR));
            default -> throw new IllegalArgumentException("no accumulator: " + name);
        };
    }

    /** Takes a document's value; null if it is missing. The bytes that it keeps come from the budget. */
    abstract void add(@Nullable DocumentValue value, MemoryBudget budget);

    /** What was gathered. */
    abstract DocumentValue result(Spot spot);

    /** Bytes that it has taken. */
    long bytes() {
        return 0;
    }

    private static final class Total extends Accumulator {
        private final boolean average;
        private final Sum sum = new Sum();

        Total(boolean average) {
            this.average = average;
        }

        @Override
        void add(@Nullable DocumentValue value, MemoryBudget budget) {
            if (value != null) {
                sum.add(value);
            }
        }

        @Override
        DocumentValue result(Spot spot) {
            return average ? sum.average(spot) : sum.value(spot);
        }
    }

    /** Keeps one value; its size is counted when it is kept, and that of the one before given back. */
    private abstract static sealed class One extends Accumulator {
        private @Nullable DocumentValue kept;
        private long bytes;

        void keep(DocumentValue value, MemoryBudget budget) {
            budget.giveBack(bytes);
            bytes = MemorySize.of(value);
            budget.take(bytes, "a group");
            kept = value;
        }

        @Nullable
        DocumentValue kept() {
            return kept;
        }

        @Override
        DocumentValue result(Spot spot) {
            return kept == null ? NullValue.NULL : kept;
        }

        @Override
        long bytes() {
            return bytes;
        }
    }

    private static final class Extreme extends One {
        private final boolean greatest;

        Extreme(boolean greatest) {
            this.greatest = greatest;
        }

        @Override
        void add(@Nullable DocumentValue value, MemoryBudget budget) {
            if (value == null || value instanceof NullValue) {
                return;
            }
            DocumentValue before = kept();
            int order = before == null ? 0 : ValueOrder.compare(value, before);
            if (before == null || (greatest ? order > 0 : order < 0)) {
                keep(value, budget);
            }
        }
    }

    private static final class End extends One {
        private final boolean first;

        End(boolean first) {
            this.first = first;
        }

        @Override
        void add(@Nullable DocumentValue value, MemoryBudget budget) {
            if (!first || kept() == null) {
                keep(value == null ? NullValue.NULL : value, budget);
            }
        }
    }

    private static final class Gathered extends Accumulator {
        private final Collection<DocumentValue> values;
        private long bytes;

        Gathered(Collection<DocumentValue> values) {
            this.values = values;
        }

        @Override
        void add(@Nullable DocumentValue value, MemoryBudget budget) {
            if (value != null && !(values instanceof Set<?> && values.contains(value))) {
                long more = SLOT + MemorySize.of(value);
                budget.take(more, "a group");
                bytes += more;
                values.add(value);
            }
        }

        @Override
        DocumentValue result(Spot spot) {
            return new ArrayValue(List.copyOf(values));
        }

        @Override
        long bytes() {
            return bytes;
        }
    }
}

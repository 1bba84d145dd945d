package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.memory.MemorySize;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.sort.DocumentSorter;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The stages at work, each in front of the one that it gives documents to. */
final class Running {

    /** Most memory that one document between two stages may take, in bytes. */
    static final long MOST_BYTES = 16L << 20;

    private Running() {}

    /**
     * A stage in front of another sink.
     *
     * @param sorted how many documents of a sort are wanted at most
     */
    static DocumentSink of(Stage stage, long sorted, DocumentSink next, MemoryBudget budget) {
        return switch (stage) {
            case Stage.Match match -> new Each(document -> match.filter().matches(document) ? document : null, next);
            case Stage.Reshape reshape ->
                new Each(document -> bounded(reshape.projection().apply(document)), next);
            case Stage.Replace replace -> new Each(document -> bounded(root(replace, document)), next);
            case Stage.Sort sort -> new Sorting(new DocumentSorter(sort.order(), sorted, budget), next);
            case Stage.Limit limit -> new Window(0, limit.count(), next);
            case Stage.Skip skip -> new Window(skip.count(), Long.MAX_VALUE, next);
            case Stage.Unwind unwind -> new Unwinding(unwind, next);
            case Stage.Group group -> new Grouping(group, next, budget);
            case Stage.Count count -> new Counting(count.name(), next);
        };
    }

    private static ObjectValue root(Stage.Replace replace, ObjectValue document) {
        DocumentValue root = replace.root().evaluate(document);
        if (root instanceof ObjectValue object) {
            return object;
        }
        Spot spot = replace.spot();
        throw spot.error("the new root must be an object, not " + (root == null ? "nothing" : root.typeInWords()));
    }

    /** A document of few parts may have one of them many times: it is refused before it grows further. */
    private static ObjectValue bounded(ObjectValue document) {
        if (MemorySize.upTo(document, MOST_BYTES) > MOST_BYTES) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "a document between two stages takes more than " + MOST_BYTES + " bytes of memory",
                    Map.of("bound", Long.toString(MOST_BYTES)));
        }
        return document;
    }

    /** Works on each document by itself; null leaves it out. */
    private record Each(Function<ObjectValue, @Nullable ObjectValue> work, DocumentSink next) implements DocumentSink {
        @Override
        public boolean accept(ObjectValue document) {
            ObjectValue result = work.apply(document);
            return result == null || next.accept(result);
        }

        @Override
        public void end() {
            next.end();
        }
    }

    private record Sorting(DocumentSorter sorter, DocumentSink next) implements DocumentSink {
        @Override
        public boolean accept(ObjectValue document) {
            sorter.add(document);
            return true;
        }

        @Override
        public void end() {
            for (ObjectValue document : sorter.sorted()) {
                if (!next.accept(document)) {
                    break;
                }
            }
            next.end();
        }
    }

    /** Leaves the first documents out, and gives some of the others on. */
    private static final class Window implements DocumentSink {
        private final DocumentSink next;
        private long skip;
        private long left;

        Window(long skip, long left, DocumentSink next) {
            this.skip = skip;
            this.left = left;
            this.next = next;
        }

        @Override
        public boolean accept(ObjectValue document) {
            if (skip > 0) {
                skip--;
                return true;
            }
            if (left == 0) {
                return false;
            }
            left--;
            return next.accept(document) && left > 0;
        }

        @Override
        public void end() {
            next.end();
        }
    }

    private static final class Counting implements DocumentSink {
        private final String name;
        private final DocumentSink next;
        private long count;

        Counting(String name, DocumentSink next) {
            this.name = name;
            this.next = next;
        }

        @Override
        public boolean accept(ObjectValue document) {
            count++;
            return true;
        }

        @Override
        public void end() {
            if (count > 0) {
                next.accept(ObjectValue.EMPTY.with(name, DocumentValue.of(count)));
            }
            next.end();
        }
    }
}

package io.shardeddb.documents.sort;

import io.shardeddb.documents.memory.MemoryBudget;
import io.shardeddb.documents.memory.MemorySize;
import io.shardeddb.documents.value.DocumentValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Sorts documents that come one by one, in bounded memory. With a limit only so many are kept. Documents that are equal
 * in the order, without an {@code _id} that tells them apart, stay as they came. Not for several threads at once.
 */
public final class DocumentSorter {

    private static final long ENTRY = 64;

    private record Entry(DocumentValue.ObjectValue document, SortOrder.Key key, long number, long bytes) {}

    private final SortOrder order;
    private final long limit;
    private final MemoryBudget budget;
    private final Comparator<Entry> comparator;
    private final PriorityQueue<Entry> lastFirst;
    private long number;

    /**
     * @param limit how many documents are wanted at most, above 0; {@link Long#MAX_VALUE}: all
     * @param budget what the documents take their memory from
     */
    public DocumentSorter(SortOrder order, long limit, MemoryBudget budget) {
        this.order = order;
        this.limit = limit;
        this.budget = budget;
        this.comparator = (a, b) -> {
            int compared = order.compare(a.key(), b.key());
            return compared != 0 ? compared : Long.compare(a.number(), b.number());
        };
        this.lastFirst = new PriorityQueue<>(comparator.reversed());
    }

    /**
     * Takes a document. It is dropped if enough others come before it.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException {@code TOO_LARGE}, if the memory does not suffice
     */
    public void add(DocumentValue.ObjectValue document) {
        SortOrder.Key key = order.key(document);
        boolean full = lastFirst.size() >= limit;
        Entry candidate = new Entry(document, key, number++, full ? 0 : size(document));
        if (full) {
            Entry last = lastFirst.element();
            if (comparator.compare(candidate, last) >= 0) {
                return;
            }
            lastFirst.remove();
            budget.giveBack(last.bytes());
            candidate = new Entry(document, key, candidate.number(), size(document));
        }
        budget.take(candidate.bytes(), "a sort");
        lastFirst.add(candidate);
    }

    /** The documents in order. Afterwards the sorter is empty, and its memory given back. */
    public List<DocumentValue.ObjectValue> sorted() {
        List<Entry> entries = new ArrayList<>(lastFirst);
        lastFirst.clear();
        entries.sort(comparator);
        entries.forEach(entry -> budget.giveBack(entry.bytes()));
        return entries.stream().map(Entry::document).toList();
    }

    private long size(DocumentValue.ObjectValue document) {
        // Keys share the document's values; only their lists are new.
        return ENTRY + 8L * order.parts().size() + MemorySize.of(document);
    }
}

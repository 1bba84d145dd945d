package io.shardeddb.router.route;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Several sorted sequences as one sorted sequence. Takes an element of a sequence only when it needs one, so it holds
 * one of each.
 *
 * @param <T> what is merged
 */
public final class RowMerge<T> implements Iterator<T> {

    private final PriorityQueue<Head<T>> heads;

    private record Head<T>(T element, int source, Iterator<T> rest) {}

    /**
     * Merges sequences.
     *
     * @param sources each sorted by {@code order}; of equal elements the earlier source's comes first
     */
    public RowMerge(List<? extends Iterator<T>> sources, Comparator<? super T> order) {
        Comparator<Head<T>> byElement = (left, right) -> order.compare(left.element(), right.element());
        heads = new PriorityQueue<>(Math.max(1, sources.size()), byElement.thenComparingInt(Head::source));
        for (int i = 0; i < sources.size(); i++) {
            push(i, sources.get(i));
        }
    }

    private void push(int source, Iterator<T> rest) {
        if (rest.hasNext()) {
            heads.add(new Head<>(rest.next(), source, rest));
        }
    }

    @Override
    public boolean hasNext() {
        return !heads.isEmpty();
    }

    @Override
    public T next() {
        Head<T> least = heads.poll();
        if (least == null) {
            throw new NoSuchElementException();
        }
        push(least.source(), least.rest());
        return least.element();
    }
}

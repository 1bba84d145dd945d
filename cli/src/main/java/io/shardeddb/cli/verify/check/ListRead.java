package io.shardeddb.cli.verify.check;

import java.util.List;

/** A strong read of one list; a list without a row is empty. */
public record ListRead(int client, Span span, long key, List<Long> elements) {

    private static final int SHOWN = 5;

    public ListRead {
        elements = List.copyOf(elements);
    }

    String text(long since) {
        return span.text(since) + "  client " + client + " reads list " + key + ": " + text(elements);
    }

    /** The size of a list, and its last elements. */
    static String text(List<Long> elements) {
        int size = elements.size();
        String last = size <= SHOWN ? elements.toString() : "... " + elements.subList(size - SHOWN, size);
        return size + " elements, " + last;
    }
}

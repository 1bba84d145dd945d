package io.shardeddb.cli.verify.check;

import org.jspecify.annotations.Nullable;

/**
 * A write of a single row.
 *
 * @param value used once in a run; absent: the row is removed
 */
public record RegisterWrite(
        int client,
        Span span,
        Outcome outcome,
        long key,
        @Nullable Long value) {

    String text(long since) {
        String what = value == null ? " removes row " + key : " writes " + value + " to row " + key;
        return span.text(since) + "  client " + client + what + ": " + outcome;
    }
}

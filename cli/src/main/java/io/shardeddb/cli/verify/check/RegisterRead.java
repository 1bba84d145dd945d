package io.shardeddb.cli.verify.check;

import org.jspecify.annotations.Nullable;

/**
 * A strong read of a single row.
 *
 * @param value absent: there was no row
 */
public record RegisterRead(
        int client, Span span, long key, @Nullable Long value) {

    String text(long since) {
        return span.text(since) + "  client " + client + " reads row " + key + ": "
                + (value == null ? "no row" : value.toString());
    }
}

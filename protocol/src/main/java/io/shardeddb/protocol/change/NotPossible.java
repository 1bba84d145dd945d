package io.shardeddb.protocol.change;

/** An expression cannot be evaluated on what the row has; the message says why, in our words. */
final class NotPossible extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotPossible(String message) {
        super(message, null, false, false);
    }
}

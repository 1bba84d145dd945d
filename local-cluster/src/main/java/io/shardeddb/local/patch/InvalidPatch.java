package io.shardeddb.local.patch;

/** A patch that cannot be carried out; the message says why. */
public final class InvalidPatch extends Exception {
    private static final long serialVersionUID = 1;

    /** Makes it with the reason. */
    public InvalidPatch(String message) {
        super(message);
    }
}

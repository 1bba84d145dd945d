package io.shardeddb.server.store;

/**
 * A request fails in the database in a way that no list of data errors names, and would fail so on every replica. Nothing of the call
 * was kept. The leader proposes a {@code Verdict} that names entry, request and code; every replica calls {@link ReplicaStore#apply}
 * again with a list that begins at the same entry and reaches the committed verdict.
 */
public final class UnresolvedRequestException extends Exception {

    private final long entry;
    private final int request;
    private final String code;

    /**
     * @param entry log index of the entry
     * @param request place of the request in the entry's batch, from 0
     * @param code the error code that a verdict should give it
     * @param cause the database's error
     */
    public UnresolvedRequestException(long entry, int request, String code, Throwable cause) {
        super(
                "request " + request + " of entry " + entry + " fails with an unlisted error: " + cause.getMessage(),
                cause);
        this.entry = entry;
        this.request = request;
        this.code = code;
    }

    /** Log index of the entry. */
    public long entry() {
        return entry;
    }

    /** Place of the request in the entry's batch, from 0. */
    public int request() {
        return request;
    }

    /** The error code that a verdict should give the request. */
    public String code() {
        return code;
    }
}

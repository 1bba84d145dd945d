package io.shardeddb.server.store;

/**
 * A request fails in the database in a way that no list of data errors names, or the database cannot make the tables of
 * a definition; either would fail so on every replica. Nothing of the entry was kept. The leader proposes a
 * {@code Verdict} that names entry, request and code. Every replica then calls {@link ReplicaStore#apply} again, with a
 * list that begins at the same entry. The list reaches the committed verdict, or its first entry carries it.
 */
public final class UnresolvedRequestException extends Exception {

    private final long entry;
    private final int request;
    private final String code;
    private final String reason;

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
        this.reason = "";
    }

    /** Of a definition: it takes the place of its entry's first request. */
    public UnresolvedRequestException(long entry, String code, TablesRefusedException cause) {
        super("the definition in entry " + entry + " cannot be carried out: " + cause.getMessage(), cause);
        this.entry = entry;
        this.request = 0;
        this.code = code;
        this.reason = String.valueOf(cause.getMessage());
    }

    /** Log index of the entry. */
    public long entry() {
        return entry;
    }

    /** Place of the request in the entry's batch, from 0; 0 for a definition. */
    public int request() {
        return request;
    }

    /** The error code that a verdict should give the request. */
    public String code() {
        return code;
    }

    /** What the database itself said, for its administrator. */
    public String databaseReason() {
        Throwable innermost = this;
        for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
            innermost = cause;
        }
        return String.valueOf(innermost.getMessage());
    }

    /** Why, for the waiting client, in our words; empty when the code says it all. */
    public String reason() {
        return reason;
    }
}

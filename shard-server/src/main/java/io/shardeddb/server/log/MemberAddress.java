package io.shardeddb.server.log;

/**
 * What this server puts into the address of a consensus member, which the protocol does not look into: the server's
 * name as given and the endpoint at which it is reached, as {@code name@host:port}.
 *
 * @param server the name as given
 * @param endpoint host:port of its gRPC endpoint
 */
public record MemberAddress(String server, String endpoint) {

    /** Reads what {@link #text()} wrote. */
    public static MemberAddress parse(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? new MemberAddress("", text) : new MemberAddress(text.substring(0, at), text.substring(at + 1));
    }

    /** The form that a member carries. */
    public String text() {
        return server + "@" + endpoint;
    }
}

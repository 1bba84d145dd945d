package io.shardeddb.server.store.sql;

/**
 * Where this server's own database listens.
 *
 * @param host name or address
 * @param port TCP port
 * @param user account with all rights
 * @param password its password; empty for none
 */
public record DatabaseAddress(String host, int port, String user, String password) {

    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}

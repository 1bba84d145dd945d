package io.shardeddb.server.store;

import java.sql.SQLException;

/**
 * The database cannot make a table as it is defined, and no database of its kind could. The message is ours; the cause
 * is the database's.
 */
public final class TablesRefusedException extends SQLException {

    public TablesRefusedException(String message, SQLException cause) {
        super(message, cause.getSQLState(), cause.getErrorCode(), cause);
    }
}

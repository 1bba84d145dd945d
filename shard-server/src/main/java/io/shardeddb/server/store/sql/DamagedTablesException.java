package io.shardeddb.server.store.sql;

import java.sql.SQLException;

/** Something that is in force is gone from the tables. */
public final class DamagedTablesException extends SQLException {

    public DamagedTablesException(String message) {
        super(message, "HY000");
    }
}

package io.shardeddb.server.store;

import java.sql.SQLException;

/** Something that is in force is gone from the tables. */
final class DamagedTablesException extends SQLException {

    DamagedTablesException(String message) {
        super(message, "HY000");
    }
}

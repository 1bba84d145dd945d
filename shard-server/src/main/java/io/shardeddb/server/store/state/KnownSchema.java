package io.shardeddb.server.store.state;

import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The tables as the database was last seen to have them. Changed by the applying thread, read by any. */
public final class KnownSchema {

    private final SqlText sql;
    private volatile @Nullable StoredSchema schema;

    public KnownSchema(SqlText sql) {
        this.sql = sql;
    }

    /** Absent when there is none. */
    public @Nullable StoredSchema get() {
        return schema;
    }

    public void set(@Nullable StoredSchema present) {
        schema = present;
    }

    /** Takes over what the database holds. */
    public void remember(@Nullable SchemaDefinition definition) {
        StoredSchema present = schema;
        if (definition == null) {
            schema = null;
        } else if (present == null || present.version() != definition.getVersion()) {
            schema = new StoredSchema(sql, DatabaseSchema.ofWire(definition));
        }
    }

    /** Whether it is that of an applied row. */
    public boolean isOf(AppliedRow row) {
        StoredSchema present = schema;
        return row.schemaVersion() == (present == null ? 0 : present.version());
    }

    /** That of an applied row, which is read again if need be. */
    public @Nullable StoredSchema of(Connection connection, AppliedRow row) throws SQLException {
        if (!isOf(row)) {
            remember(StoredState.read(connection, sql, row).schema());
        }
        return schema;
    }
}

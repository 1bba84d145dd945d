package io.shardeddb.simulator.driver.rows;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import java.util.List;

/** The one table of all simulated groups: a key, an amount, and the request that wrote the row last. */
public final class SimTable {
    /** Its name. */
    public static final String NAME = "t";

    /** Place of the amount. */
    public static final int AMOUNT = 1;

    /** Place of the writer. */
    public static final int WRITER = 2;

    static final DatabaseSchema SCHEMA = new DatabaseSchema(
            1,
            Strategy.RANGE,
            List.of(new TableDefinition(
                    NAME,
                    List.of(
                            new ColumnDefinition("id", ColumnType.parse("BIGINT"), false),
                            new ColumnDefinition("amount", ColumnType.parse("BIGINT"), false),
                            new ColumnDefinition("writer", ColumnType.parse("VARCHAR(40)"), false)),
                    List.of("id"),
                    "id")));

    static final StoredSchema STORED = new StoredSchema(new SqlText("sim"), SCHEMA);

    private SimTable() {}

    /** The encoded key of a row. */
    public static ByteString key(long id) {
        return RowCodec.encode(Row.of(new Value.Int64(id)));
    }

    /** A whole row, encoded. */
    public static ByteString row(long id, long amount, String writer) {
        return RowCodec.encode(Row.of(new Value.Int64(id), new Value.Int64(amount), new Value.Text(writer)));
    }

    /** Version of the tables, which every request names. */
    public static long version() {
        return SCHEMA.version();
    }

    /** Hash of the tables, which every request names. */
    public static long hash() {
        return SCHEMA.hash();
    }
}

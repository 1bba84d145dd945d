package io.shardeddb.server.store.database;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.server.store.mysql.MySqlStoreFactory;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What the store's tests share: a schema, and stores on a database server. */
public final class StoreFixture {

    static {
        // A pool gives out a connection that was used half a second ago without asking whether it still works.
        // Tests that kill databases would meet those; servers try again.
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "0");
    }

    private StoreFixture() {}

    public static final TableDefinition STUDENTS =
            table("StudT", List.of("Stud_id"), "Stud_id Number", "Stud_name String", "Stud_marks Number");

    /** With this table alone. */
    public static final DatabaseSchema SCHEMA = new DatabaseSchema(1, Strategy.RANGE, List.of(STUDENTS));

    /** A table from "name type" words; a type that ends with "?" is nullable. */
    public static TableDefinition table(String name, List<String> key, String... columns) {
        List<ColumnDefinition> definitions = new ArrayList<>();
        for (String column : columns) {
            int blank = column.indexOf(' ');
            boolean nullable = column.endsWith("?");
            String type = nullable ? column.substring(blank + 1, column.length() - 1) : column.substring(blank + 1);
            definitions.add(new ColumnDefinition(column.substring(0, blank), ColumnType.parse(type), nullable));
        }
        return new TableDefinition(name, definitions, key, key.getFirst());
    }

    /** Stores on a server. */
    public static MySqlStoreFactory factory(MariaDbServer server) {
        return factory(server, RequestWindow.Limits.STANDARD);
    }

    /** The same, which remember as many requests as told. */
    public static MySqlStoreFactory factory(MariaDbServer server, RequestWindow.Limits limits) {
        return new MySqlStoreFactory(
                new DatabaseAddress(server.host(), server.port(), server.user(), ""), 8, 4, limits);
    }

    /** A random uid as 32 hexadecimal digits. */
    public static String uid() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}

package io.shardeddb.server.store.mysql;

import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a database's catalogue says of users' tables, in an order that does not depend on how they came about. */
public final class Catalogue {

    private Catalogue() {}

    /** Columns as "table.column type null collation", keys and indexes as "table name(columns)". */
    public static List<String> of(MariaDbServer server, String schema) throws SQLException {
        TreeSet<String> lines = new TreeSet<>();
        try (Connection connection = server.connect()) {
            lines.addAll(lines(
                    connection,
                    "SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME, ' ', COLUMN_TYPE, ' ', IS_NULLABLE, ' ',"
                            + " COALESCE(COLLATION_NAME, '')) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND"
                            + " TABLE_NAME NOT LIKE '\\_shardeddb%'",
                    schema));
            lines.addAll(lines(
                    connection,
                    "SELECT CONCAT(TABLE_NAME, ' ', INDEX_NAME, '(', GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX), ')')"
                            + " FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME NOT LIKE"
                            + " '\\_shardeddb%' GROUP BY TABLE_NAME, INDEX_NAME",
                    schema));
        }
        return List.copyOf(lines);
    }

    /** The same of tables that a new store makes at once. */
    public static List<String> made(MariaDbServer server, MySqlStoreFactory factory, DatabaseSchema schema)
            throws Exception {
        String group = StoreFixture.uid();
        ReplicaStore store = factory.open(group, StoreFixture.uid(), 1);
        Entries log = new Entries(schema);
        store.apply(List.of(
                log.empty(),
                log.command(LoggedCommand.newBuilder()
                        .setDefineSchema(schema.toWire().toBuilder().setRules(1)))));
        List<String> made = of(server, SqlText.SCHEMA_PREFIX + group);
        store.drop();
        store.close();
        return made;
    }

    private static List<String> lines(Connection connection, String text, String schema) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            statement.setString(1, schema);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    lines.add(results.getString(1));
                }
            }
        }
        return lines;
    }
}

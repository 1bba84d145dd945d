package io.shardeddb.server.store.read;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.server.store.sql.DatabaseConnections;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.ValueBinding;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows by their keys. Requests of one table and the same columns share a statement, and so a view with its state;
 * each request is still refused or answered for itself.
 */
final class KeyReads {

    /** Keys of one statement; a request with more of them is read in an explicit view. */
    private static final int KEYS_AT_ONCE = 256;

    private final DatabaseConnections connections;
    private final SqlText sql;

    KeyReads(DatabaseConnections connections, SqlText sql) {
        this.connections = connections;
        this.sql = sql;
    }

    /**
     * What requests must have in common to share a statement. Tables are the same objects as long as the schema is the
     * same.
     */
    private record Shape(StoredTable table, List<Integer> columns) {}

    /** A request with its place among the answers. */
    private record Asked(int place, Wanted wanted) {}

    /** The requests of one statement, with their keys by canonical bytes: each key is looked up once. */
    private record Slice(List<Asked> requests, Map<ByteString, Row> keys) {
        Slice() {
            this(new ArrayList<>(), new LinkedHashMap<>());
        }

        boolean hasRoomFor(Wanted wanted) {
            return keys.size() + wanted.keys().size() <= KEYS_AT_ONCE;
        }

        void add(Asked asked) {
            requests.add(asked);
            for (int i = 0; i < asked.wanted().keys().size(); i++) {
                // What is not canonical is not decoded, so the bytes that came are the key's.
                keys.put(
                        asked.wanted().request().getKeys().getKeys(i),
                        asked.wanted().keys().get(i));
            }
        }
    }

    /**
     * One answer for each request; a refusal is an answer with an error.
     *
     * @param floor index that this process has seen applied: a view that shows less is of a database that lost entries
     */
    List<ReadReply> read(List<ReadRequest> requests, @Nullable StoredSchema schema, long floor) throws SQLException {
        ReadReply[] replies = new ReadReply[requests.size()];
        Map<Shape, List<Slice>> slices = new LinkedHashMap<>();
        for (int i = 0; i < replies.length; i++) {
            try {
                Wanted wanted = Wanted.of(requests.get(i), schema);
                List<Slice> ofShape = slices.computeIfAbsent(
                        new Shape(wanted.table(), wanted.columns()), shape -> new ArrayList<>(List.of(new Slice())));
                if (!ofShape.getLast().hasRoomFor(wanted)
                        && !ofShape.getLast().requests().isEmpty()) {
                    ofShape.add(new Slice());
                }
                ofShape.getLast().add(new Asked(i, wanted));
            } catch (DatabaseException e) {
                replies[i] = ReadReply.newBuilder().setError(e.toWire()).build();
            }
        }
        if (!slices.isEmpty()) {
            try (Connection connection = connections.read()) {
                for (Map.Entry<Shape, List<Slice>> ofShape : slices.entrySet()) {
                    for (Slice slice : ofShape.getValue()) {
                        answer(connection, ofShape.getKey(), slice, floor, replies);
                    }
                }
            }
        }
        return Arrays.asList(replies);
    }

    /** The rows of a request's keys, in their order, inside of a view that is open. */
    List<RowPages.Found> inView(Connection view, Wanted wanted) throws SQLException {
        Shape shape = new Shape(wanted.table(), wanted.columns());
        Map<ByteString, RowPages.Found> found = new HashMap<>();
        for (int from = 0; from < wanted.keys().size(); from += KEYS_AT_ONCE) {
            int to = Math.min(wanted.keys().size(), from + KEYS_AT_ONCE);
            statement(view, shape, wanted.keys().subList(from, to), found);
        }
        return present(wanted, found);
    }

    private static List<RowPages.Found> present(Wanted wanted, Map<ByteString, RowPages.Found> found) {
        List<RowPages.Found> rows = new ArrayList<>();
        for (ByteString key : wanted.request().getKeys().getKeysList()) {
            RowPages.Found row = found.get(key);
            if (row != null) {
                rows.add(row);
            }
        }
        return rows;
    }

    private void answer(Connection connection, Shape shape, Slice slice, long floor, ReadReply[] replies)
            throws SQLException {
        Map<ByteString, RowPages.Found> found = new HashMap<>();
        List<Row> keys = List.copyOf(slice.keys().values());
        ViewState state = keys.size() <= KEYS_AT_ONCE
                ? statement(connection, shape, keys, found)
                : manyKeys(connection, shape, keys, found);
        state.requireApplied(floor);
        for (Asked asked : slice.requests()) {
            replies[asked.place()] = asked.wanted().reply(state, present(asked.wanted(), found), false);
        }
    }

    private ViewState manyKeys(
            Connection connection, Shape shape, List<Row> keys, Map<ByteString, RowPages.Found> found)
            throws SQLException {
        connection.setAutoCommit(false);
        try {
            // The first statement makes the view of the transaction, which is repeatable.
            ViewState state = statement(connection, shape, keys.subList(0, KEYS_AT_ONCE), found);
            for (int from = KEYS_AT_ONCE; from < keys.size(); from += KEYS_AT_ONCE) {
                statement(connection, shape, keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE)), found);
            }
            return state;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private ViewState statement(
            Connection connection, Shape shape, List<Row> keys, Map<ByteString, RowPages.Found> found)
            throws SQLException {
        if (keys.isEmpty()) {
            return ViewState.select(connection, sql);
        }
        TableDefinition table = shape.table().definition();
        // Few different statements: the number of keys is rounded up, the last key stands for the rest.
        int places = Integer.highestOneBit(2 * keys.size() - 1);
        try (PreparedStatement statement =
                connection.prepareStatement(shape.table().selectByKeys(shape.columns(), places))) {
            int at = 1;
            for (int i = 0; i < places; i++) {
                at = ValueBinding.setKey(statement, at, table, keys.get(Math.min(i, keys.size() - 1)));
            }
            // Behind the state: the columns, the key, the timestamp, which no row has NULL.
            int timestamp = ViewState.COLUMNS + shape.columns().size() + table.keySize() + 1;
            try (ResultSet results = statement.executeQuery()) {
                ViewState state = null;
                while (results.next()) {
                    state = state == null ? ViewState.read(results, 1) : state;
                    results.getLong(timestamp);
                    if (!results.wasNull()) {
                        RowPages.Found row = RowPages.read(results, ViewState.COLUMNS + 1, table, shape.columns());
                        found.put(RowCodec.encode(row.key()), row);
                    }
                }
                return ViewState.present(state);
            }
        }
    }
}

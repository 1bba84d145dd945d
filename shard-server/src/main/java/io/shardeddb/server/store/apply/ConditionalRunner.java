package io.shardeddb.server.store.apply;

import io.shardeddb.protocol.change.RangeChecksum;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnType.BlobType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.ColumnType.TextType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.PreparedRow;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.read.RowPages;
import io.shardeddb.server.store.request.RequestPlan;
import io.shardeddb.server.store.request.RequestWork;
import io.shardeddb.server.store.request.RowCache;
import io.shardeddb.server.store.request.RowChange;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.ValueBinding;
import io.shardeddb.server.store.transaction.LockRange;
import io.shardeddb.server.store.transaction.OpenTransactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests whose outcome depends on rows, inside of an open transaction: reads the rows that they touch, runs all
 * in memory, and writes what changed. When the database refuses a row, everything is undone and the requests run one by
 * one, so that each one's own data fails it and no other.
 */
final class ConditionalRunner {

    /** Keys looked up by one statement, at most. */
    private static final int KEYS_AT_ONCE = 512;

    /** The same where a row may have megabytes: what was asked for comes, even when it is not wanted any more. */
    private static final int LONG_ROWS_AT_ONCE = 32;

    private final Connection connection;
    private final Statement control;

    /** @param control a statement of the connection, for savepoints */
    ConditionalRunner(Connection connection, Statement control) {
        this.connection = connection;
        this.control = control;
    }

    /** A row was refused by the database, because of its data. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final int operation;
        private final String table;
        private final SQLException error;

        Refused(RowCache.Write write, SQLException error) {
            super(error);
            this.operation = write.operation();
            this.table = write.change().table().name();
            this.error = error;
        }

        /** The outcome, where it is one that every replica comes to by itself. */
        @Nullable
        ErrorDetail outcome() {
            ErrorCode code = SqlErrors.dataError(error);
            return code == null ? null : RequestWork.failure(code, "the database refused the row", operation, table);
        }
    }

    /**
     * Runs all of them; outcomes are set in the works.
     *
     * @param works all have to run
     * @throws SQLException the environment failed: roll the transaction back
     */
    void run(List<RequestWork> works) throws SQLException, UnresolvedRequestException {
        RowCache rows = new RowCache(works);
        if (readAll(rows)) {
            run(rows, works);
        } else if (works.size() == 1) {
            works.getFirst().failed(RowCache.tooLarge());
        } else {
            int half = works.size() / 2;
            run(works.subList(0, half));
            run(works.subList(half, works.size()));
        }
    }

    private void run(RowCache rows, List<RequestWork> works) throws SQLException, UnresolvedRequestException {
        int from = 0;
        for (int at = 0; at < works.size(); at++) {
            RequestWork work = works.get(at);
            if (!work.checks().isEmpty()) {
                // They are judged by what the database has.
                runGroup(rows, works.subList(from, at));
                from = at;
                check(work);
            }
            if (work.isPrepare() || !work.mustRun()) {
                runGroup(rows, works.subList(from, at));
                if (work.mustRun()) {
                    rehearse(rows, work);
                }
                from = at + 1;
            }
        }
        runGroup(rows, works.subList(from, works.size()));
    }

    /** Fails a request whose ranges are not as they were read. */
    private void check(RequestWork work) throws SQLException {
        for (RequestPlan.CheckedRange check : work.checks()) {
            if (!check.holds(found(check))) {
                work.failed(check.failure());
                return;
            }
        }
    }

    /** What a range has now, or so much of it that it is known to have more rows than it should. */
    private RangeChecksum found(RequestPlan.CheckedRange check) throws SQLException {
        LockRange range = check.range();
        RowPages.Bounds bounds =
                new RowPages.Bounds(range.from(), range.fromExclusive(), range.to(), range.toExclusive(), false);
        RowPages pages = new RowPages(connection, check.table(), List.of(), bounds);
        RangeChecksum found = new RangeChecksum();
        List<RowPages.Found> page = pages.next();
        while (!page.isEmpty() && found.rows() <= check.rows()) {
            page.forEach(row -> found.add(RowCodec.encode(row.key()), row.timestamp()));
            page = pages.next();
        }
        return found;
    }

    private void runGroup(RowCache rows, List<RequestWork> works) throws SQLException, UnresolvedRequestException {
        if (works.isEmpty()) {
            return;
        }
        works.forEach(work -> rows.run(work, Map.of()));
        control.execute(SqlText.SAVEPOINT);
        if (writeTogether(rows.writes())) {
            rows.written();
            return;
        }
        rows.undone();
        for (RequestWork work : works) {
            runAlone(rows, work);
        }
    }

    /**
     * Runs a prepare. Its rows are written and taken back: so the database has taken them once, and their commit cannot
     * fail. Where the database takes every row, it need not.
     */
    private void rehearse(RowCache rows, RequestWork work) throws SQLException, UnresolvedRequestException {
        boolean taken =
                work.changes().stream().allMatch(change -> change.table().takesEveryRow());
        if (!taken) {
            control.execute(SqlText.SAVEPOINT);
        }
        rows.run(work, Map.of());
        if (work.hasSucceeded() && (taken || writeTogether(rows.writes()) || writeEach(rows, work))) {
            keep(work, rows.prepared(work));
        }
        if (!taken) {
            control.execute(SqlText.ROLLBACK_TO_SAVEPOINT);
        }
        rows.undone();
    }

    /** Writes row by row, to learn which one the database refuses; false when it does, and the work fails. */
    private boolean writeEach(RowCache rows, RequestWork work) throws SQLException, UnresolvedRequestException {
        try {
            for (RowCache.Write write : rows.writes()) {
                writeOne(write);
            }
            return true;
        } catch (Refused e) {
            ErrorDetail outcome = e.outcome();
            if (outcome == null) {
                throw new UnresolvedRequestException(work.entry(), work.place(), ErrorCode.INTERNAL.name(), e.error);
            }
            work.failed(outcome);
            return false;
        }
    }

    /** False when the rows are too large to be read at once. */
    private boolean readAll(RowCache rows) throws SQLException {
        long bytes = 0;
        for (RowCache.Wanted wanted : rows.wanted()) {
            int atOnce = isLong(wanted) ? LONG_ROWS_AT_ONCE : KEYS_AT_ONCE;
            for (int from = 0; from < wanted.keys().size(); from += atOnce) {
                int to = Math.min(wanted.keys().size(), from + atOnce);
                bytes += read(rows, wanted, wanted.keys().subList(from, to), RowCache.MOST_BYTES - bytes);
                if (bytes > RowCache.MOST_BYTES) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Reads some rows, and stops soon after there are more bytes than allowed.
     *
     * @return bytes of what was read
     */
    private long read(RowCache rows, RowCache.Wanted wanted, List<Row> keys, long allowed) throws SQLException {
        TableDefinition table = wanted.table().definition();
        long bytes = 0;
        try (PreparedStatement statement =
                connection.prepareStatement(wanted.table().sql().rowsByKeys(wanted.columns(), keys.size()))) {
            if (isLong(wanted)) {
                // Row by row: else the driver has all of them in memory before their size is known.
                statement.setFetchSize(Integer.MIN_VALUE);
            }
            int at = 1;
            for (Row key : keys) {
                at = ValueBinding.setKey(statement, at, table, key);
            }
            try (ResultSet results = statement.executeQuery()) {
                while (bytes <= allowed && results.next()) {
                    bytes += found(rows, wanted, results);
                }
            }
        }
        return bytes;
    }

    /** Whether rows of this may be larger than a page of the database. */
    private static boolean isLong(RowCache.Wanted wanted) {
        TableDefinition table = wanted.table().definition();
        return wanted.columns().stream()
                .anyMatch(column -> switch (table.column(column).type()) {
                    case TextType _, BlobType _, JsonType _ -> true;
                    default -> false;
                });
    }

    private static long found(RowCache rows, RowCache.Wanted wanted, ResultSet results) throws SQLException {
        TableDefinition table = wanted.table().definition();
        List<Value> values = new ArrayList<>(wanted.columns().size());
        int at = 1;
        for (int column : wanted.columns()) {
            values.add(ValueBinding.get(results, at++, table.column(column).type()));
        }
        Row key = ValueBinding.getKey(results, at, table);
        rows.found(wanted, key, new Row(values), results.getLong(at + table.keySize()));
        return values.stream().mapToLong(Value::memoryBytes).sum();
    }

    /** What is prepared is one value in the database, which takes no packet of any size. */
    private static void keep(RequestWork work, List<PreparedRow> rows) {
        long bytes = rows.stream().mapToLong(PreparedRow::getSerializedSize).sum();
        if (bytes > OpenTransactions.MOST_BYTES_OF_ONE) {
            work.failed(new DatabaseException(
                            ErrorCode.TOO_LARGE,
                            "a write over several shards leaves rows of " + bytes + " bytes on one of them; at most "
                                    + OpenTransactions.MOST_BYTES_OF_ONE + " are allowed")
                    .toWire());
        } else {
            work.prepared(rows);
        }
    }

    /**
     * No two writes are of one row, so those of one shape go together; false when one of them was refused, and none is
     * left.
     */
    private boolean writeTogether(List<RowCache.Write> writes) throws SQLException {
        Map<RowChange.Shape, List<RowChange>> byShape = new LinkedHashMap<>();
        for (RowCache.Write write : writes) {
            byShape.computeIfAbsent(write.change().shape(), shape -> new ArrayList<>())
                    .add(write.change());
        }
        try {
            for (Map.Entry<RowChange.Shape, List<RowChange>> each : byShape.entrySet()) {
                try (PreparedStatement statement = connection.prepareStatement(ChangeRunner.text(each.getKey()))) {
                    for (RowChange change : each.getValue()) {
                        ChangeRunner.bind(statement, change);
                        statement.addBatch();
                    }
                    statement.executeBatch();
                }
            }
            return true;
        } catch (SQLException e) {
            if (!ChangeRunner.isOfTheData(e)) {
                throw e;
            }
            control.execute(SqlText.ROLLBACK_TO_SAVEPOINT);
            return false;
        }
    }

    private void runAlone(RowCache rows, RequestWork work) throws SQLException, UnresolvedRequestException {
        Map<Integer, ErrorDetail> refused = new HashMap<>();
        control.execute(SqlText.SAVEPOINT);
        boolean done = false;
        while (!done) {
            rows.run(work, refused);
            try {
                for (RowCache.Write write : rows.writes()) {
                    writeOne(write);
                }
                rows.written();
                done = true;
            } catch (Refused e) {
                ErrorDetail outcome = e.outcome();
                if (outcome == null) {
                    throw new UnresolvedRequestException(
                            work.entry(), work.place(), ErrorCode.INTERNAL.name(), e.error);
                }
                control.execute(SqlText.ROLLBACK_TO_SAVEPOINT);
                rows.undone();
                refused.put(e.operation, outcome);
            }
        }
    }

    private void writeOne(RowCache.Write write) throws SQLException, Refused {
        try (PreparedStatement statement =
                connection.prepareStatement(ChangeRunner.text(write.change().shape()))) {
            ChangeRunner.bind(statement, write.change());
            statement.executeUpdate();
        } catch (SQLException e) {
            if (!ChangeRunner.isOfTheData(e)) {
                throw e;
            }
            throw new Refused(write, e);
        }
    }
}

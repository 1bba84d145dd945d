package io.shardeddb.server.store.apply;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RequestRecords;
import io.shardeddb.protocol.wire.TransactionRecord;
import io.shardeddb.server.store.request.BatchPreparation;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.request.LoggedTime;
import io.shardeddb.server.store.request.RequestWork;
import io.shardeddb.server.store.request.RowChange;
import io.shardeddb.server.store.sql.PacketText;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packets of a transaction of the usual kind; each is one round trip. The first locks and reads the applied row and
 * changes rows. Others may change more rows. The last stores what follows and commits. It is usual that the applied row
 * is as the transaction before left it, that no data is bad, and that nothing but rows changes. In any other case
 * {@link ApplyTransaction} does it step by step.
 *
 * <p>The lock comes first, and what was read under it is compared before anything is committed, just as there.
 */
final class PackedTransaction {

    /** Characters of a packet, at most; the database takes at least four times as many bytes. */
    private static final int MAX_CHARACTERS = 4 << 20;

    private final Connection connection;
    private final SqlText sql;

    /** @param connection that commits explicitly and takes several statements at once */
    PackedTransaction(Connection connection, SqlText sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /** The outcome of a packet that changes rows; unless it is {@link #DONE} no outcome is set. */
    enum Change {
        /** The rows are changed and the outcomes are set. */
        DONE,
        /** The applied row is not as expected: the transaction must be rolled back. */
        OTHER_STATE,
        /** Some request fails: what the packet did must be rolled back. */
        NOT_USUAL,
        /** It is too much for a packet. */
        NOT_SENT
    }

    /** A request with the rows that each of its changes met. */
    private static final class Run {
        private final RequestWork work;
        private final int[] counts;

        Run(RequestWork work) {
            this.work = work;
            this.counts = new int[work.changes().size()];
        }
    }

    /** A statement that tells how many rows it met, and for which change that counts. */
    private record Counted(Run run, int place, boolean mustExist) {}

    /**
     * Sends a packet that changes rows.
     *
     * @param expected the applied row, for the first one; {@code null} for others, which begin with a savepoint
     * @param works requests in log order
     * @throws SQLException the environment failed
     */
    Change change(@Nullable AppliedRow expected, List<RequestWork> works) throws SQLException {
        PacketText text = new PacketText().statement(expected == null ? SqlText.PACKET_SAVEPOINT : sql.lockApplied());
        List<Run> runs = new ArrayList<>();
        // For each statement behind the lock or savepoint; null for one of whole rows.
        List<@Nullable Counted> statements = new ArrayList<>();
        RowChange.Shape open = null;
        for (RequestWork work : works) {
            if (!work.mustRun()) {
                continue;
            }
            List<RowChange> changes = work.changes();
            Run run = new Run(work);
            runs.add(run);
            for (int i = 0; i < changes.size(); i++) {
                RowChange change = changes.get(i);
                RowChange.Shape shape = change.shape();
                if (ofWholeRows(shape.kind()) && shape.equals(open)) {
                    text.nextRow();
                } else {
                    text.statement(ChangeRunner.text(shape));
                    statements.add(ofWholeRows(shape.kind()) ? null : new Counted(run, i, change.mustExist()));
                }
                open = shape;
                // A row that was written is one row, also where another one had to go for it.
                run.counts[i] = ofWholeRows(shape.kind()) ? 1 : 0;
                write(text, change);
                if (text.length() > MAX_CHARACTERS) {
                    return Change.NOT_SENT;
                }
            }
        }
        Change change = send(text, expected, statements);
        if (change == Change.DONE) {
            runs.forEach(run -> run.work.succeeded(run.counts));
        }
        return change;
    }

    private Change send(PacketText text, @Nullable AppliedRow expected, List<@Nullable Counted> statements)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(text.toString());
            // Going on to the next result closes it.
            ResultSet locked = statement.getResultSet();
            if (expected != null
                    && (!locked.next() || !AppliedRow.read(locked, 1).equals(expected))) {
                return Change.OTHER_STATE;
            }
            for (Counted counted : statements) {
                int count = statement.getMoreResults() ? -1 : statement.getUpdateCount();
                if (count < 0) {
                    throw new SQLException("a statement of the packet has no result", "HY000");
                }
                if (counted != null) {
                    if (count == 0 && counted.mustExist()) {
                        return Change.NOT_USUAL;
                    }
                    counted.run().counts[counted.place()] = count;
                }
            }
            return Change.DONE;
        } catch (SQLException e) {
            if (ChangeRunner.isOfTheData(e)) {
                return Change.NOT_USUAL;
            }
            throw e;
        }
    }

    /**
     * Sends the last packet, with which the transaction is committed.
     *
     * @param next the applied row from then on
     * @return false when it is too much for a packet: nothing was sent
     */
    boolean commit(BatchPreparation batch, AppliedRow next) throws SQLException {
        PacketText text = new PacketText();
        boolean any = false;
        for (EntryWork entry : batch.entries()) {
            RequestRecords records = entry.records();
            if (records.getRecordsCount() > 0 && entry.entry().index() > batch.expiredThrough()) {
                if (any) {
                    text.nextRow();
                } else {
                    text.statement(sql.insertRequests());
                }
                any = true;
                text.number(entry.entry().index())
                        .number(LoggedTime.millis(entry.requests().getFirst().logged()))
                        .bytes(records.toByteString());
                if (text.length() > MAX_CHARACTERS) {
                    return false;
                }
            }
        }
        for (var change : batch.transactions().changes().entrySet()) {
            TransactionRecord record = change.getValue();
            text.statement(record == null ? sql.deleteTransaction() : sql.storeTransaction())
                    .number(change.getKey().index())
                    .number(change.getKey().place());
            if (record != null) {
                text.bytes(record.toByteString());
            }
            if (text.length() > MAX_CHARACTERS) {
                return false;
            }
        }
        if (batch.expiredThrough() > 0) {
            text.statement(sql.deleteRequestsThrough()).number(batch.expiredThrough());
        }
        text.statement(sql.advanceApplied())
                .number(next.index())
                .number(next.term())
                .number(next.timestamp())
                .number(next.stateHash())
                .number(next.requestFloor())
                .number(next.requestCount());
        text.statement(SqlText.COMMIT);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(text.toString());
        }
        return true;
    }

    private static boolean ofWholeRows(OperationKind kind) {
        return kind != OperationKind.UPDATE && kind != OperationKind.DELETE;
    }

    /** Fills a change's statement; the order is that of its shape's parameters. */
    private static void write(PacketText text, RowChange change) {
        TableDefinition table = change.table().definition();
        if (ofWholeRows(change.kind())) {
            for (int i = 0; i < change.row().size(); i++) {
                text.value(table.column(i).type(), change.row().get(i));
            }
            text.number(change.timestamp());
            return;
        }
        if (change.kind() == OperationKind.UPDATE) {
            for (int i = 0; i < change.columns().size(); i++) {
                text.value(
                        table.column(change.columns().get(i)).type(),
                        change.row().get(i));
            }
            text.number(change.timestamp());
        }
        Row key = change.key();
        for (int i = 0; i < key.size(); i++) {
            text.value(table.keyColumn(i).type(), key.get(i));
        }
    }
}

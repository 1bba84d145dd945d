package io.shardeddb.server.store.apply;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.request.RequestPlan;
import io.shardeddb.server.store.request.RequestWork;
import io.shardeddb.server.store.request.RowChange;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.ValueBinding;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests inside of an open transaction, in order, each atomically.
 *
 * <ol>
 *   <li>Neighbours of one shape run as one batch under one savepoint: hundreds of requests in one round trip.
 *   <li>When a batch of inserts meets a key that exists, the batch is rolled back, the existing keys are read, and what
 *       remains runs as a batch again.
 *   <li>When a batch fails by any other data, it is rolled back and its requests run one by one, each under a savepoint
 *       of its own.
 * </ol>
 *
 * <p>The outcome is that of the third way always; the first two are shorter. Only errors that {@link SqlErrors} lists
 * as the data's become outcomes, and only after the rollback to the savepoint succeeded: a deadlock has ended the whole
 * transaction by then, and the rollback fails.
 */
final class ChangeRunner {

    /** Keys looked up by one statement, at most. */
    private static final int KEYS_AT_ONCE = 512;

    private final Connection connection;
    private final Statement control;

    /** @param control a statement of the connection, for savepoints */
    ChangeRunner(Connection connection, Statement control) {
        this.connection = connection;
        this.control = control;
    }

    /**
     * Runs what has to run; outcomes are set in the works. Where one of them must see rows first, all go the way of
     * {@link ConditionalRunner}.
     *
     * @throws SQLException the environment failed: roll the transaction back
     */
    void run(List<RequestWork> works) throws SQLException, UnresolvedRequestException {
        if (works.stream().anyMatch(RequestWork::isConditional)) {
            new ConditionalRunner(connection, control)
                    .run(works.stream().filter(RequestWork::mustRun).toList());
            return;
        }
        List<RequestWork> batch = new ArrayList<>();
        RowChange.Shape shape = null;
        for (RequestWork work : works) {
            if (!work.mustRun()) {
                continue;
            }
            RowChange.Shape next = work.shape();
            if (next == null || !next.equals(shape)) {
                runBatch(shape, batch);
                batch.clear();
            }
            shape = next;
            batch.add(work);
            if (next == null) {
                runBatch(null, batch);
                batch.clear();
            }
        }
        runBatch(shape, batch);
    }

    private void runBatch(RowChange.@Nullable Shape shape, List<RequestWork> works)
            throws SQLException, UnresolvedRequestException {
        if (works.isEmpty()) {
            return;
        }
        int changes = works.stream().mapToInt(work -> work.changes().size()).sum();
        if (shape == null || changes == 1 || !runTogether(shape, works)) {
            for (RequestWork work : works) {
                runAlone(work);
            }
        }
    }

    /** The first way; false when the works must run one by one. Then nothing of them is left. */
    private boolean runTogether(RowChange.Shape shape, List<RequestWork> works) throws SQLException {
        control.execute(SqlText.SAVEPOINT);
        try {
            int[] counts = execute(
                    shape,
                    works.stream().flatMap(work -> work.changes().stream()).toList());
            return distribute(shape, works, counts) || undo();
        } catch (SQLException e) {
            if (!isOfTheData(e)) {
                throw e;
            }
            undo();
            return RequestPlan.isInsert(shape.kind())
                    && SqlErrors.dataError(e) == ErrorCode.DUPLICATE_KEY
                    && insertAbsent(shape, works);
        }
    }

    /** Gives each work its counts; false when one of them needed a row that is not there. */
    private static boolean distribute(RowChange.Shape shape, List<RequestWork> works, int[] counts) {
        int at = 0;
        for (RequestWork work : works) {
            List<RowChange> changes = work.changes();
            int[] own = new int[changes.size()];
            for (int i = 0; i < own.length; i++) {
                own[i] = affected(shape.kind(), counts[at++]);
                if (own[i] == 0 && changes.get(i).mustExist()) {
                    return false;
                }
            }
            work.succeeded(own);
        }
        return true;
    }

    /** The second way; false when even so something failed. */
    private boolean insertAbsent(RowChange.Shape shape, List<RequestWork> works) throws SQLException {
        Set<ByteString> existing = existingKeys(shape.table(), works);
        List<RowChange> accepted = new ArrayList<>();
        for (RequestWork work : works) {
            List<RowChange> changes = work.changes();
            List<RowChange> own = new ArrayList<>(changes.size());
            Set<ByteString> added = new HashSet<>();
            int[] counts = new int[changes.size()];
            boolean failed = false;
            for (int i = 0; i < counts.length && !failed; i++) {
                ByteString key = RowCodec.encode(changes.get(i).key());
                if (!existing.contains(key) && added.add(key)) {
                    counts[i] = 1;
                    own.add(changes.get(i));
                } else if (changes.get(i).kind() == OperationKind.INSERT) {
                    if (!shape.table().takesEveryRow()) {
                        // An operation before this one may fail by its values, and then gives the error.
                        return false;
                    }
                    work.failed(ErrorCode.DUPLICATE_KEY, i, shape.table().name());
                    failed = true;
                }
            }
            if (!failed) {
                work.succeeded(counts);
                existing.addAll(added);
                accepted.addAll(own);
            }
        }
        if (accepted.isEmpty()) {
            return true;
        }
        control.execute(SqlText.SAVEPOINT);
        try {
            execute(shape, accepted);
            return true;
        } catch (SQLException e) {
            if (!isOfTheData(e)) {
                throw e;
            }
            return undo();
        }
    }

    /** The third way. */
    private void runAlone(RequestWork work) throws SQLException, UnresolvedRequestException {
        List<RowChange> changes = work.changes();
        int[] counts = new int[changes.size()];
        control.execute(SqlText.SAVEPOINT);
        for (int i = 0; i < counts.length; i++) {
            RowChange change = changes.get(i);
            try {
                counts[i] = change.kind() == OperationKind.INSERT_IF_ABSENT
                        ? insertIfAbsent(change)
                        : affected(change.kind(), executeOne(change));
            } catch (SQLException e) {
                ErrorCode code = SqlErrors.dataError(e);
                if (code == null && SqlErrors.isDeterministic(e)) {
                    throw new UnresolvedRequestException(work.entry(), work.place(), ErrorCode.INTERNAL.name(), e);
                }
                if (code == null) {
                    throw e;
                }
                undo();
                work.failed(code, i, change.table().name());
                return;
            }
            if (counts[i] == 0 && change.mustExist()) {
                undo();
                work.failed(ErrorCode.ROW_NOT_FOUND, i, change.table().name());
                return;
            }
        }
        work.succeeded(counts);
    }

    private int insertIfAbsent(RowChange change) throws SQLException {
        control.execute(SqlText.OPERATION_SAVEPOINT);
        try {
            return executeOne(change);
        } catch (SQLException e) {
            if (SqlErrors.dataError(e) != ErrorCode.DUPLICATE_KEY) {
                throw e;
            }
            control.execute(SqlText.ROLLBACK_TO_OPERATION_SAVEPOINT);
            return 0;
        }
    }

    private int executeOne(RowChange change) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text(change.shape()))) {
            bind(statement, change);
            return statement.executeUpdate();
        }
    }

    private int[] execute(RowChange.Shape shape, List<RowChange> changes) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text(shape))) {
            for (RowChange change : changes) {
                bind(statement, change);
                statement.addBatch();
            }
            return statement.executeBatch();
        }
    }

    private Set<ByteString> existingKeys(StoredTable table, List<RequestWork> works) throws SQLException {
        List<Row> keys = new ArrayList<>();
        works.forEach(work -> work.changes().forEach(change -> keys.add(change.key())));
        Set<ByteString> existing = new HashSet<>();
        TableDefinition definition = table.definition();
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            List<Row> some = keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE));
            try (PreparedStatement statement =
                    connection.prepareStatement(table.sql().existingKeys(some.size()))) {
                int at = 1;
                for (Row key : some) {
                    at = ValueBinding.setKey(statement, at, definition, key);
                }
                try (ResultSet results = statement.executeQuery()) {
                    while (results.next()) {
                        existing.add(RowCodec.encode(ValueBinding.getKey(results, 1, definition)));
                    }
                }
            }
        }
        return existing;
    }

    /** The statement of a shape, with parameters. */
    static String text(RowChange.Shape shape) {
        return switch (shape.kind()) {
            case UPSERT -> shape.table().upsert();
            case UPDATE -> shape.table().update(shape.columns());
            case DELETE -> shape.table().delete();
            default -> shape.table().insert();
        };
    }

    /** Sets the parameters of a change's statement. */
    static void bind(PreparedStatement statement, RowChange change) throws SQLException {
        TableDefinition table = change.table().definition();
        int at = 1;
        switch (change.kind()) {
            case DELETE -> ValueBinding.setKey(statement, at, table, change.key());
            case UPDATE -> {
                for (int i = 0; i < change.columns().size(); i++) {
                    int column = change.columns().get(i);
                    ValueBinding.set(
                            statement,
                            at++,
                            table.column(column).type(),
                            change.row().get(i));
                }
                statement.setLong(at++, change.timestamp());
                ValueBinding.setKey(statement, at, table, change.key());
            }
            default -> {
                for (int i = 0; i < change.row().size(); i++) {
                    ValueBinding.set(
                            statement,
                            at++,
                            table.column(i).type(),
                            change.row().get(i));
                }
                statement.setLong(at, change.timestamp());
            }
        }
    }

    /**
     * A rewritten batch of inserts says only that it succeeded, and REPLACE counts the row it removed: each is one row.
     */
    private static int affected(OperationKind kind, int count) {
        return kind == OperationKind.UPDATE || kind == OperationKind.DELETE ? count : 1;
    }

    /** Whether the statement's data is to blame, so that it would fail on every replica. */
    static boolean isOfTheData(SQLException e) {
        return SqlErrors.dataError(e) != null || SqlErrors.isDeterministic(e);
    }

    /** Back to the savepoint; always false. Fails when the transaction is gone. */
    private boolean undo() throws SQLException {
        control.execute(SqlText.ROLLBACK_TO_SAVEPOINT);
        return false;
    }
}

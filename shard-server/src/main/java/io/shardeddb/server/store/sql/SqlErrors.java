package io.shardeddb.server.store.sql;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.server.store.DamagedStoreException;
import io.shardeddb.server.store.StoreUnavailableException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an error of the database means. Only errors of the data that are in the list are results of a request. An error
 * that the data causes but the list does not name needs a verdict. Every other error comes from the environment, and
 * nothing may be concluded from it.
 */
public final class SqlErrors {

    /** Cannot insert: the key exists. */
    static final int DUPLICATE_ENTRY = 1062;

    /** A data error by its number, the same on MariaDB and MySQL where both have it. */
    private static final Map<Integer, ErrorCode> DATA = Map.ofEntries(
            Map.entry(DUPLICATE_ENTRY, ErrorCode.DUPLICATE_KEY),
            Map.entry(1586, ErrorCode.DUPLICATE_KEY),
            // A column cannot be null; a column has no default.
            Map.entry(1048, ErrorCode.NULL_NOT_ALLOWED),
            Map.entry(1364, ErrorCode.MISSING_COLUMN),
            // Out of range; too long; a value of another type.
            Map.entry(1264, ErrorCode.VALUE_OUT_OF_RANGE),
            Map.entry(1690, ErrorCode.VALUE_OUT_OF_RANGE),
            Map.entry(1406, ErrorCode.VALUE_TOO_LONG),
            Map.entry(1265, ErrorCode.WRONG_TYPE),
            Map.entry(1292, ErrorCode.WRONG_TYPE),
            Map.entry(1366, ErrorCode.WRONG_TYPE),
            Map.entry(1367, ErrorCode.WRONG_TYPE),
            Map.entry(1411, ErrorCode.WRONG_TYPE),
            // A CHECK on MySQL, on MariaDB.
            Map.entry(3819, ErrorCode.CONSTRAINT_VIOLATED),
            Map.entry(4025, ErrorCode.CONSTRAINT_VIOLATED),
            // Foreign keys.
            Map.entry(1216, ErrorCode.CONSTRAINT_VIOLATED),
            Map.entry(1217, ErrorCode.CONSTRAINT_VIOLATED),
            Map.entry(1451, ErrorCode.CONSTRAINT_VIOLATED),
            Map.entry(1452, ErrorCode.CONSTRAINT_VIOLATED));

    /** SQL state classes of errors that the statement and its data cause: data, integrity, syntax. */
    private static final Set<String> CAUSED_BY_THE_STATEMENT = Set.of("21", "22", "23", "42");

    /**
     * Numbers of class 42 and others that are the environment's all the same: rights, unknown schema or table,
     * resources.
     */
    private static final Set<Integer> ENVIRONMENT =
            Set.of(1044, 1045, 1046, 1049, 1142, 1143, 1146, 1203, 1205, 1213, 1226, 1227, 1305);

    /** The values that a change must note do not fit a page: its class says nothing. */
    private static final int UNDO_RECORD_TOO_BIG = 1713;

    /** Too many columns: its class says nothing. */
    private static final int TOO_MANY_COLUMNS = 1117;

    /** A value does not fit a column that becomes narrower: its class is that of warnings. */
    private static final int DATA_TRUNCATED = 1265;

    /**
     * The table, column or index is there already, or is not there to be dropped, though another was seen just before:
     * a statement that was given up came through late. A look says what is there now.
     */
    private static final Set<Integer> CAME_THROUGH_LATE = Set.of(1050, 1051, 1060, 1061, 1091);

    private SqlErrors() {}

    /** The result that a listed data error is; null for any other error. */
    public static @Nullable ErrorCode dataError(SQLException error) {
        return DATA.get(error.getErrorCode());
    }

    /** Whether an unlisted error would come back on every replica, because the statement and its data cause it. */
    public static boolean isDeterministic(SQLException error) {
        String state = error.getSQLState();
        boolean caused = error.getErrorCode() > 0
                && state != null
                && state.length() >= 2
                && CAUSED_BY_THE_STATEMENT.contains(state.substring(0, 2))
                && !ENVIRONMENT.contains(error.getErrorCode());
        return caused || error.getErrorCode() == UNDO_RECORD_TOO_BIG;
    }

    /**
     * Why a table cannot be made, in our words, when no database of its kind could make it; null when it is the
     * environment that fails.
     *
     * @param table what the failed statement was to make or change
     */
    public static @Nullable String refusal(SQLException error, String table) {
        int number = error.getErrorCode();
        boolean known = number == TOO_MANY_COLUMNS || number == DATA_TRUNCATED;
        if (!known && (!isDeterministic(error) || CAME_THROUGH_LATE.contains(number))) {
            return null;
        }
        return switch (number) {
            case 1118 ->
                "a row of table " + table
                        + " is longer than the database can store: give it fewer or shorter columns, or use TEXT";
            case 1071 -> "the primary key or an index of table " + table + " is longer than the database can index";
            case 1138, 1264, DATA_TRUNCATED, 1366, 1406 ->
                "table " + table + " holds a value that does not fit a column as it is to be";
            case 1074 -> "a column of table " + table + " is longer than the database can store";
            case TOO_MANY_COLUMNS -> "table " + table + " has more columns than the database can store";
            case 1059, 1103, 1166 ->
                "table " + table + " has a name, or a column's name, that the database keeps for itself";
            default -> "the database cannot make table " + table + " (error " + number + ")";
        };
    }

    /** Something that is read from the database. */
    @FunctionalInterface
    public interface Reading<T> {
        T run() throws SQLException;
    }

    /** Reads; what fails is told as callers see it. */
    public static <T> T reading(String doing, Reading<T> reading) throws StoreUnavailableException {
        try {
            return reading.run();
        } catch (SQLException e) {
            throw unavailable(doing, e);
        }
    }

    /** The environment's failure, as callers see it. */
    public static StoreUnavailableException unavailable(String doing, SQLException error) {
        String message = String.format(
                Locale.ROOT,
                "%s: %s (error %d, state %s)",
                doing,
                error.getMessage(),
                error.getErrorCode(),
                error.getSQLState());
        return error instanceof DamagedTablesException
                ? new DamagedStoreException(message, error)
                : new StoreUnavailableException(message, error);
    }
}

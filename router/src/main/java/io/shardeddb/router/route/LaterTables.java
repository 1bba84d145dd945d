package io.shardeddb.router.route;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.ColumnType.BinaryType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.ColumnType.StringType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A read that began in some tables, asked in later ones. Columns are found by their names; each must have the same type
 * still, or a wider one, so that its values can be given in the shape that the read began in. A table or column that
 * went, and came again under the same name, is taken for the same: its rows are those of a later moment, as of any read
 * that goes on. Pure.
 */
public final class LaterTables {

    private LaterTables() {}

    /**
     * The table as it is now.
     *
     * @throws DatabaseException SCHEMA_CHANGED when it went, or has another key
     */
    public static TableDefinition table(DatabaseSchema now, DatabaseSchema before, TableDefinition table) {
        TableDefinition found = now.find(table.name());
        if (found == null) {
            throw changed("the table is not there any more", table);
        }
        boolean same = now.strategy() == before.strategy()
                && found.primaryKey().equals(table.primaryKey())
                && found.shardKey().equals(table.shardKey());
        for (int i = 0; same && i < table.keySize(); i++) {
            same = found.keyColumn(i).type().equals(table.keyColumn(i).type());
        }
        if (!same) {
            throw changed("the table has another key", table);
        }
        return found;
    }

    /**
     * The same columns in the same order, as they are numbered now.
     *
     * @throws DatabaseException SCHEMA_CHANGED when a column went, or holds less than before
     */
    public static Projection projection(Projection projection, TableDefinition before, TableDefinition now) {
        List<Integer> fetched = new ArrayList<>(projection.fetched().size());
        for (int column : projection.fetched()) {
            fetched.add(column(before.column(column), now));
        }
        // The wanted ones come first.
        return new Projection(
                List.copyOf(fetched.subList(0, projection.wanted().size())), List.copyOf(fetched), projection.key());
    }

    private static int column(ColumnDefinition before, TableDefinition now) {
        int place = now.indexOf(before.name());
        if (place < 0) {
            throw changed("column " + before.name() + " is not there any more", now);
        }
        ColumnType type = now.column(place).type();
        if (!isSameOrWider(before.type(), type)) {
            throw changed("column " + before.name() + " was " + before.type().text() + " and is " + type.text(), now);
        }
        return place;
    }

    /** Whether each value of one type is one of the other too, and is written alike. */
    static boolean isSameOrWider(ColumnType before, ColumnType now) {
        if (before.equals(now)) {
            return true;
        }
        return switch (before) {
            case NumberType ignored -> now instanceof IntegerType other && signedBits(other) == 64;
            case IntegerType integer ->
                integer.unsigned()
                        ? now instanceof IntegerType other
                                && other.unsigned()
                                && other.width().bits() >= integer.width().bits()
                        : signedBits(now) >= signedBits(integer);
            case StringType text ->
                text.form() != StringType.Form.CHAR
                        && now instanceof StringType other
                        && other.form() != StringType.Form.CHAR
                        && other.length() >= text.length();
            case BinaryType binary ->
                !binary.fixed()
                        && now instanceof BinaryType other
                        && !other.fixed()
                        && other.length() >= binary.length();
            default -> false;
        };
    }

    /** Bits of a signed whole number; 0 for other types. */
    private static int signedBits(ColumnType type) {
        return switch (type) {
            case NumberType ignored -> 64;
            case IntegerType integer -> integer.unsigned() ? 0 : integer.width().bits();
            default -> 0;
        };
    }

    private static DatabaseException changed(String how, TableDefinition table) {
        return new DatabaseException(
                ErrorCode.SCHEMA_CHANGED, "table " + table.name() + ": " + how, Map.of("table", table.name()));
    }
}

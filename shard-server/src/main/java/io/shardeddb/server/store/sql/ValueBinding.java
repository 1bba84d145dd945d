package io.shardeddb.server.store.sql;

import com.google.protobuf.ByteString;
import com.mysql.cj.MysqlType;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** Between canonical values and the driver. */
public final class ValueBinding {

    private ValueBinding() {}

    /** Sets a parameter that is compared with or stored in a column. */
    public static void set(PreparedStatement statement, int at, ColumnType type, Value value) throws SQLException {
        switch (value) {
            case Value.Null _ -> statement.setNull(at, Types.NULL);
            case Value.Int64(long number) -> statement.setLong(at, number);
            case Value.Unsigned64(long bits) ->
                statement.setObject(at, new BigInteger(Long.toUnsignedString(bits)), MysqlType.BIGINT_UNSIGNED);
            case Value.Real(double number) -> statement.setDouble(at, number);
            case Value.Text(String text) -> {
                if (type instanceof ColumnType.DecimalType) {
                    statement.setBigDecimal(at, new BigDecimal(text));
                } else {
                    statement.setString(at, text);
                }
            }
            case Value.Blob(ByteString bytes) -> statement.setBytes(at, bytes.toByteArray());
        }
    }

    /** Reads a column that was selected in its readable form (see {@link TableSql}). */
    public static Value get(ResultSet results, int at, ColumnType type) throws SQLException {
        return switch (type) {
            case ColumnType.NumberType _, ColumnType.BooleanType _ -> integer(results, at);
            case ColumnType.IntegerType integer -> integer.unsigned64() ? unsigned(results, at) : integer(results, at);
            case ColumnType.FloatingType floating -> {
                double number = floating.single() ? results.getFloat(at) : results.getDouble(at);
                yield results.wasNull() ? Value.NULL : new Value.Real(number);
            }
            case ColumnType.BinaryType _, ColumnType.BlobType _ -> {
                byte[] bytes = results.getBytes(at);
                yield bytes == null ? Value.NULL : new Value.Blob(ByteString.copyFrom(bytes));
            }
            default -> {
                String text = results.getString(at);
                yield text == null ? Value.NULL : new Value.Text(text);
            }
        };
    }

    private static Value integer(ResultSet results, int at) throws SQLException {
        long number = results.getLong(at);
        return results.wasNull() ? Value.NULL : new Value.Int64(number);
    }

    private static Value unsigned(ResultSet results, int at) throws SQLException {
        String digits = results.getString(at);
        return digits == null ? Value.NULL : new Value.Unsigned64(Long.parseUnsignedLong(digits));
    }

    /** Reads a key whose columns begin at a place, from 1. */
    public static Row getKey(ResultSet results, int first, TableDefinition table) throws SQLException {
        List<Value> values = new ArrayList<>(table.keySize());
        for (int i = 0; i < table.keySize(); i++) {
            values.add(get(results, first + i, table.keyColumn(i).type()));
        }
        return new Row(values);
    }

    /** Sets the parameters of a key and returns the place behind them. */
    public static int setKey(PreparedStatement statement, int first, TableDefinition table, Row key)
            throws SQLException {
        int at = first;
        for (int i = 0; i < key.size(); i++) {
            set(statement, at++, table.keyColumn(i).type(), key.get(i));
        }
        return at;
    }
}

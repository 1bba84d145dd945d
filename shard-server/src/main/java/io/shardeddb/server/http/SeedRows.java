package io.shardeddb.server.http;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows and keys between JSON and the canonical form, coerced as the originals' databases did. */
final class SeedRows {
    private SeedRows() {}

    static RowOperation insert(Map<?, ?> object, TableDefinition table) {
        refuseUnknown(object, table);
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            values.add(value(object.get(table.column(i).name()), table, i));
        }
        return RowOperation.newBuilder()
                .setKind(OperationKind.INSERT_IF_ABSENT)
                .setRow(RowCodec.encode(values))
                .build();
    }

    /** Sets the columns given; those of the key only name the row. */
    static RowOperation update(Object key, Map<?, ?> object, TableDefinition table) {
        refuseUnknown(object, table);
        ByteString keyBytes = key(key, table);
        RowOperation.Builder operation = RowOperation.newBuilder()
                .setKind(OperationKind.UPDATE)
                .setKey(keyBytes)
                .setMustExist(true);
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            String name = table.column(i).name();
            if (!object.containsKey(name)) {
                continue;
            }
            Value value = value(object.get(name), table, i);
            if (!table.inPrimaryKey(i)) {
                operation.addColumns(i);
                values.add(value);
            } else if (!RowCodec.encode(List.of(value)).equals(keyBytes)) {
                throw new DatabaseException(
                        ErrorCode.KEY_NOT_CHANGEABLE, "column " + name + " is the key and cannot be changed");
            }
        }
        if (values.isEmpty()) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "\"data\" names no column to set");
        }
        return operation.setRow(RowCodec.encode(values)).build();
    }

    static RowOperation delete(Object key, TableDefinition table) {
        return RowOperation.newBuilder()
                .setKind(OperationKind.DELETE)
                .setKey(key(key, table))
                .setMustExist(true)
                .build();
    }

    /** The key's bytes; these endpoints know tables whose primary key is one column. */
    static ByteString key(@Nullable Object input, TableDefinition table) {
        if (table.keySize() != 1) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "table " + table.name() + " has a key of several columns");
        }
        if (input == null) {
            throw new DatabaseException(ErrorCode.MISSING_KEY, "\"" + table.shardKey() + "\" is missing");
        }
        return RowCodec.encode(List.of(Coercion.coerce(input, table.keyColumn(0), true, CoercionMode.SEED)));
    }

    private static Value value(@Nullable Object input, TableDefinition table, int column) {
        return Coercion.coerce(input, table.column(column), table.inPrimaryKey(column), CoercionMode.SEED);
    }

    private static void refuseUnknown(Map<?, ?> object, TableDefinition table) {
        for (Object name : object.keySet()) {
            if (table.indexOf(String.valueOf(name)) < 0) {
                throw new DatabaseException(
                        ErrorCode.UNKNOWN_COLUMN,
                        "table " + table.name() + " has no column \"" + name + "\"",
                        Map.of("column", String.valueOf(name)));
            }
        }
    }

    static List<Map<String, @Nullable Object>> json(List<ByteString> rows, TableDefinition table) {
        return rows.stream().map(row -> json(RowCodec.decode(row), table)).toList();
    }

    private static Map<String, @Nullable Object> json(Row row, TableDefinition table) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        IntStream.range(0, row.size())
                .forEach(i -> object.put(
                        table.column(i).name(), json(row.get(i), table.column(i).type())));
        return object;
    }

    private static @Nullable Object json(Value value, ColumnType type) {
        return switch (value) {
            case Value.Null ignored -> null;
            case Value.Int64(long number) -> {
                if (type instanceof ColumnType.BooleanType) {
                    yield Boolean.valueOf(number != 0);
                }
                yield Long.valueOf(number);
            }
            case Value.Unsigned64(long bits) -> new BigInteger(Long.toUnsignedString(bits));
            case Value.Real(double number) -> Double.valueOf(number);
            case Value.Text(String text) -> type instanceof ColumnType.JsonType ? CanonicalJson.parse(text) : text;
            case Value.Blob blob ->
                Base64.getEncoder().encodeToString(blob.bytes().toByteArray());
        };
    }
}

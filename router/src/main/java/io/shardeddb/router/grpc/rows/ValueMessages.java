package io.shardeddb.router.grpc.rows;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.api.v1.Key;
import io.shardeddb.protocol.wire.api.v1.Null;
import io.shardeddb.protocol.wire.api.v1.Row;
import io.shardeddb.protocol.wire.api.v1.Value;
import io.shardeddb.protocol.wire.api.v1.Value.KindCase;
import io.shardeddb.router.json.JsonInput;
import io.shardeddb.router.json.RowInput;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of columns as messages, both ways. Pure. */
final class ValueMessages {

    private static final Null NULL = Null.getDefaultInstance();

    private ValueMessages() {}

    /** Which kinds of values a column takes, besides NULL. */
    private static Set<KindCase> kinds(ColumnType type) {
        return switch (type) {
            case ColumnType.NumberType _, ColumnType.IntegerType _ ->
                Set.of(KindCase.INT_VALUE, KindCase.UNSIGNED_VALUE);
            case ColumnType.BooleanType _ -> Set.of(KindCase.BOOL_VALUE);
            case ColumnType.DecimalType _ ->
                Set.of(KindCase.DECIMAL_VALUE, KindCase.INT_VALUE, KindCase.UNSIGNED_VALUE);
            case ColumnType.FloatingType _ ->
                Set.of(KindCase.DOUBLE_VALUE, KindCase.INT_VALUE, KindCase.UNSIGNED_VALUE);
            case ColumnType.StringType _, ColumnType.TextType _ -> Set.of(KindCase.TEXT_VALUE);
            case ColumnType.BinaryType _, ColumnType.BlobType _ -> Set.of(KindCase.BYTES_VALUE);
            case ColumnType.DateType _, ColumnType.TimeType _, ColumnType.DateTimeType _ -> Set.of(KindCase.TIME_VALUE);
            case ColumnType.JsonType _ -> Set.of(KindCase.JSON_VALUE);
        };
    }

    /**
     * A value as JSON would give it for the column.
     *
     * @throws DatabaseException WRONG_TYPE, MALFORMED_REQUEST where no kind is set, MALFORMED_JSON
     */
    static @Nullable Object input(Value value, ColumnDefinition column) {
        KindCase kind = value.getKindCase();
        if (kind == KindCase.KIND_NOT_SET) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "the value of column " + column.name()
                            + " has no kind, or one that this router does not know; leave"
                            + " the column out, or set null_value",
                    Map.of("column", column.name()));
        }
        if (kind == KindCase.NULL_VALUE) {
            return null;
        }
        Set<KindCase> allowed = kinds(column.type());
        if (!allowed.contains(kind) || (kind == KindCase.DOUBLE_VALUE && !Double.isFinite(value.getDoubleValue()))) {
            throw new DatabaseException(
                    ErrorCode.WRONG_TYPE,
                    "column " + column.name() + " (" + column.type().text() + ") takes "
                            + allowed.stream().map(ValueMessages::name).sorted().collect(Collectors.joining(" or "))
                            + (kind == KindCase.DOUBLE_VALUE ? " that is finite" : "") + ", not " + name(kind),
                    Map.of("column", column.name(), "type", column.type().text()));
        }
        return switch (kind) {
            case INT_VALUE -> value.getIntValue();
            case UNSIGNED_VALUE -> new BigInteger(Long.toUnsignedString(value.getUnsignedValue()));
            case DOUBLE_VALUE -> value.getDoubleValue();
            case BOOL_VALUE -> value.getBoolValue();
            case TEXT_VALUE -> value.getTextValue();
            case BYTES_VALUE ->
                Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray());
            case DECIMAL_VALUE -> value.getDecimalValue();
            case TIME_VALUE -> value.getTimeValue();
            case JSON_VALUE -> json(value.getJsonValue(), column);
            case NULL_VALUE, KIND_NOT_SET -> null;
        };
    }

    /** A JSON text as a tree. @throws DatabaseException MALFORMED_JSON with the column */
    static @Nullable Object json(String text, ColumnDefinition column) {
        try {
            return JsonInput.<@Nullable Object>read(text.getBytes(StandardCharsets.UTF_8), JsonInput::nextValue);
        } catch (DatabaseException e) {
            throw e.with("column", column.name());
        }
    }

    private static String name(KindCase kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** The columns of a row. @throws DatabaseException of kind INVALID */
    static RowInput row(Row given, TableDefinition table) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        given.getColumnsMap().forEach((name, value) -> {
            ColumnDefinition column = table.column(name);
            if (column == null) {
                throw RowInput.unknownColumn(name, table);
            }
            values.put(name, input(value, column));
        });
        return RowInput.of(values, table, CoercionMode.STRICT);
    }

    /**
     * A key, or its leading values.
     *
     * @param field its place in the request
     * @param whole whether all values must be given
     * @throws DatabaseException of kind INVALID
     */
    static io.shardeddb.protocol.value.Row key(Key given, TableDefinition table, String field, boolean whole) {
        int count = given.getValuesCount();
        if (count > table.keySize() || count == 0 || (whole && count < table.keySize())) {
            throw new DatabaseException(
                    ErrorCode.MISSING_KEY,
                    "'" + field + "' has " + count + " values; the key of table " + table.name() + " has "
                            + table.keySize() + " values " + table.primaryKey()
                            + (whole ? "" : ", of which the first ones suffice"),
                    Map.of("table", table.name(), "field", field));
        }
        List<io.shardeddb.protocol.value.Value> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ColumnDefinition column = table.keyColumn(i);
            values.add(Coercion.coerce(input(given.getValues(i), column), column, true, CoercionMode.STRICT));
        }
        return new io.shardeddb.protocol.value.Row(values);
    }

    /**
     * A row as a message.
     *
     * @param columns table indexes of its values; values beyond them are left out
     */
    static Row message(TableDefinition table, List<Integer> columns, io.shardeddb.protocol.value.Row row) {
        Row.Builder message = Row.newBuilder();
        for (int i = 0; i < columns.size(); i++) {
            ColumnDefinition column = table.column(columns.get(i));
            message.putColumns(column.name(), message(column.type(), row.get(i)));
        }
        return message.build();
    }

    /** A value as a message. */
    static Value message(ColumnType type, io.shardeddb.protocol.value.Value value) {
        Value.Builder message = Value.newBuilder();
        switch (value) {
            case io.shardeddb.protocol.value.Value.Null _ -> message.setNullValue(NULL);
            case io.shardeddb.protocol.value.Value.Int64(long number) -> {
                if (type instanceof ColumnType.BooleanType) {
                    message.setBoolValue(number != 0);
                } else {
                    message.setIntValue(number);
                }
            }
            case io.shardeddb.protocol.value.Value.Unsigned64(long bits) -> message.setUnsignedValue(bits);
            case io.shardeddb.protocol.value.Value.Real(double number) -> message.setDoubleValue(number);
            case io.shardeddb.protocol.value.Value.Blob(ByteString bytes) -> message.setBytesValue(bytes);
            case io.shardeddb.protocol.value.Value.Text(String text) -> {
                switch (type) {
                    case ColumnType.DecimalType _ -> message.setDecimalValue(text);
                    case ColumnType.JsonType _ -> message.setJsonValue(text);
                    case ColumnType.DateType _, ColumnType.TimeType _, ColumnType.DateTimeType _ ->
                        message.setTimeValue(text);
                    default -> message.setTextValue(text);
                }
            }
        }
        return message.build();
    }
}

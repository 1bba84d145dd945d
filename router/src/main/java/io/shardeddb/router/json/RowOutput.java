package io.shardeddb.router.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.ColumnType.BooleanType;
import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.schema.ColumnType.FloatingType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;

/** Rows as JSON objects. */
public final class RowOutput {

    /** Whole numbers up to here are exact in a double. */
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private final SerializedString[] names;
    private final ColumnType[] types;
    private final boolean exact;

    /**
     * Prepares the output of some columns.
     *
     * @param columns their table indexes, in the order of the rows' values
     * @param exact whether whole numbers beyond 2^53, and decimals, become strings, so that no reader rounds them
     */
    public RowOutput(TableDefinition table, List<Integer> columns, boolean exact) {
        this.names = columns.stream()
                .map(column -> new SerializedString(table.column(column).name()))
                .toArray(SerializedString[]::new);
        this.types = columns.stream().map(column -> table.column(column).type()).toArray(ColumnType[]::new);
        this.exact = exact;
    }

    /** Writes a row; values beyond the prepared columns are left out. */
    public void write(JsonGenerator json, Row row) throws IOException {
        json.writeStartObject();
        for (int i = 0; i < names.length; i++) {
            json.writeFieldName(names[i]);
            write(json, types[i], row.get(i));
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, ColumnType type, Value value) throws IOException {
        switch (value) {
            case Value.Null ignored -> json.writeNull();
            case Value.Int64(long number) -> {
                if (type instanceof BooleanType) {
                    json.writeBoolean(number != 0);
                } else if (exact && (number > EXACT_IN_DOUBLE || number < -EXACT_IN_DOUBLE)) {
                    json.writeString(Long.toString(number));
                } else {
                    json.writeNumber(number);
                }
            }
            case Value.Unsigned64(long bits) -> {
                if (exact && Long.compareUnsigned(bits, EXACT_IN_DOUBLE) > 0) {
                    json.writeString(Long.toUnsignedString(bits));
                } else {
                    json.writeRawValue(Long.toUnsignedString(bits));
                }
            }
            case Value.Real(double number) -> {
                if (type instanceof FloatingType(boolean single) && single) {
                    json.writeNumber((float) number);
                } else {
                    json.writeNumber(number);
                }
            }
            case Value.Text(String text) -> {
                if (type instanceof JsonType) {
                    json.writeRawValue(text);
                } else if (type instanceof DecimalType && !exact) {
                    json.writeNumber(new BigDecimal(text));
                } else {
                    json.writeString(text);
                }
            }
            case Value.Blob(var bytes) -> json.writeString(Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }
}

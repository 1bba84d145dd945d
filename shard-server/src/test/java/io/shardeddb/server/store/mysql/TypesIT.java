package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.StoreFixture;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes in canonical comes out the same, for every type, and keys are equal in SQL exactly when they are equal to
 * us.
 */
class TypesIT extends OnMariaDb {

    /** Type and inputs as they come out of JSON; each is coerced as at the door. */
    private static final Map<String, List<Object>> INPUTS = inputs();

    private ReplicaStore store;

    @BeforeEach
    void openStore() throws Exception {
        store = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
    }

    private static Map<String, List<Object>> inputs() {
        Map<String, List<Object>> inputs = new LinkedHashMap<>();
        inputs.put("TINYINT", List.of(-128L, 0L, 127L));
        inputs.put("TINYINT UNSIGNED", List.of(0L, 255L));
        inputs.put("SMALLINT", List.of(-32768L, 32767L));
        inputs.put("SMALLINT UNSIGNED", List.of(65535L));
        inputs.put("MEDIUMINT", List.of(-8388608L, 8388607L));
        inputs.put("MEDIUMINT UNSIGNED", List.of(16777215L));
        inputs.put("INT", List.of(Integer.MIN_VALUE, Integer.MAX_VALUE));
        inputs.put("INT UNSIGNED", List.of(4294967295L));
        inputs.put("BIGINT", List.of(Long.MIN_VALUE, -1L, Long.MAX_VALUE));
        inputs.put("BIGINT UNSIGNED", List.of(0L, Long.MAX_VALUE, "9223372036854775808", "18446744073709551615"));
        inputs.put("BOOLEAN", List.of(true, false));
        inputs.put("DECIMAL(10,2)", List.of("0", "1.5", "-99999999.99", "99999999.99", new BigDecimal("0.05")));
        inputs.put(
                "DECIMAL(65,30)", List.of("12345678901234567890123456789012345.123456789012345678901234567891", "-1"));
        inputs.put("DECIMAL(5,0)", List.of("12345", "-7"));
        inputs.put("FLOAT", List.of(0.1f, 16777217.0, 1.17549435E-38, 3.4028235E38, -2.5, 1234567.9));
        inputs.put("DOUBLE", List.of(0.1, 1.0E-300, 1.7976931348623157E308, -0.0, 123456789.12345679, Math.PI));
        inputs.put("CHAR(5)", List.of("", "abc", "äöü", "😀", "a  b", "a  "));
        inputs.put("VARCHAR(40)", texts());
        inputs.put("String", texts());
        inputs.put("TEXT", texts());
        inputs.put("LONGTEXT", List.of("x".repeat(100_000)));
        inputs.put("BINARY(4)", List.of(base64(1, 2, 3, 4), base64(0, 0, 0, 0), base64(1)));
        inputs.put("VARBINARY(8)", List.of(base64(), base64(0), base64(32, 32), base64(0xFF, 0x27, 0x5C, 0)));
        inputs.put("BLOB", List.of(base64(), base64(IntStream.range(0, 256).toArray())));
        inputs.put("DATE", List.of("1000-01-01", "2024-02-29", "9999-12-31"));
        inputs.put("TIME", List.of("00:00:00", "-838:59:59", "838:59:59", "-00:00:01", "09:05:07"));
        inputs.put("TIME(3)", List.of("12:34:56.789", "-101:00:00.001", "00:00:00.000"));
        inputs.put("DATETIME", List.of("1000-01-01 00:00:00", "9999-12-31 23:59:59"));
        inputs.put("DATETIME(6)", List.of("2024-02-29 12:34:56.000001", "2024-02-29 12:34:56.100000"));
        inputs.put("TIMESTAMP", List.of("1970-01-01 00:00:01", "2024-03-31 02:30:00", "2038-01-19 03:14:07"));
        inputs.put("TIMESTAMP(3)", List.of("2024-10-27 01:30:00.123"));
        inputs.put(
                "JSON",
                List.of(
                        Map.of("b", 1, "a", List.of("x\"y\\z'", 1.5)),
                        List.of(),
                        "text",
                        12,
                        true,
                        Map.of("emoji 😀", "ä")));
        return inputs;
    }

    private static List<Object> texts() {
        return List.of(
                "",
                " ",
                "trailing ",
                "it's \"quoted\" `back`",
                "back\\slash \\' \\n",
                "new\nline\ttab\r\0nul",
                "😀 emoji 𝒳",
                "ÄÖÜ äöü ß",
                "é versus é",
                "? ?? :name %s {0}",
                "-- comment /* x */ ; DROP TABLE");
    }

    private static String base64(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return Base64.getEncoder().encodeToString(raw);
    }

    @Test
    void bringsEveryTypeBackAsItWasLogged() throws Exception {
        List<ColumnDefinition> columns = new ArrayList<>();
        columns.add(new ColumnDefinition("id", ColumnType.parse("Number"), false));
        int most = 0;
        int place = 0;
        for (Map.Entry<String, List<Object>> type : INPUTS.entrySet()) {
            columns.add(new ColumnDefinition("c" + place++, ColumnType.parse(type.getKey()), true));
            most = Math.max(most, type.getValue().size());
        }
        TableDefinition table = new TableDefinition("Types", columns, List.of("id"), "id");
        DatabaseSchema schema = new DatabaseSchema(1, Strategy.RANGE, List.of(table));
        Entries log = new Entries(schema);
        store.apply(log.beginning());
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < most; row++) {
            List<Value> values = new ArrayList<>(List.of(number(row)));
            int column = 1;
            for (List<Object> inputs : INPUTS.values()) {
                values.add(
                        row < inputs.size()
                                ? Coercion.coerce(inputs.get(row), columns.get(column), false, CoercionMode.STRICT)
                                : Value.NULL);
                column++;
            }
            rows.add(new Row(values));
        }
        RowOperation[] inserts = rows.stream()
                .map(row -> log.insert("Types", row.values().toArray(Value[]::new)))
                .toArray(RowOperation[]::new);

        WriteReply reply = store.apply(List.of(log.write(log.request(inserts))))
                .getFirst()
                .replies()
                .getFirst();

        assertThat(reply.getError().getMessage()).isEmpty();
        ReadReply read = store.read(log.range("Types", null, null, 0));
        assertThat(Entries.rows(read.getRowsList())).containsExactlyElementsOf(rows);
        assertThat(read.getRowsList())
                .containsExactlyElementsOf(rows.stream().map(RowCodec::encode).toList());
    }

    @Test
    void findsRowsByKeysOfEveryType() throws Exception {
        List<TableDefinition> tables = new ArrayList<>();
        Map<String, List<Value>> keys = new HashMap<>();
        for (Map.Entry<String, List<Object>> type : INPUTS.entrySet()) {
            ColumnType parsed = ColumnType.parse(type.getKey());
            if (parsed.keyable()) {
                String name = "T" + tables.size();
                ColumnDefinition column = new ColumnDefinition("k", parsed, false);
                tables.add(new TableDefinition(
                        name,
                        List.of(column, new ColumnDefinition("v", ColumnType.parse("Number"), false)),
                        List.of("k"),
                        "k"));
                keys.put(name, keyValues(type.getValue(), column));
            }
        }
        DatabaseSchema schema = new DatabaseSchema(1, Strategy.HASH, tables);
        Entries log = new Entries(schema);
        store.apply(log.beginning());
        for (TableDefinition table : tables) {
            List<Value> values = keys.getOrDefault(table.name(), List.of());
            for (int i = 0; i < values.size(); i++) {
                WriteReply reply = store.apply(
                                List.of(log.write(log.request(log.insert(table.name(), values.get(i), number(i))))))
                        .getFirst()
                        .replies()
                        .getFirst();
                assertThat(reply.getError().getMessage())
                        .as("%s %s", table, values.get(i))
                        .isEmpty();
            }
            Row[] wanted = values.stream().map(Row::of).toArray(Row[]::new);
            assertThat(Entries.rows(store.read(log.keys(table.name(), wanted)).getRowsList()))
                    .as("%s", table)
                    .extracting(row -> row.get(0))
                    .containsExactlyElementsOf(values);
            assertThat(Entries.rows(
                            store.read(log.range(table.name(), null, null, 0)).getRowsList()))
                    .as("%s", table)
                    .isSortedAccordingTo((a, b) -> table.compareKeys(table.keyOf(a), table.keyOf(b)));
            for (int i = 0; i < values.size(); i++) {
                RowOperation update = log.update(table.name(), Row.of(values.get(i)), List.of("v"), number(100 + i));
                assertThat(store.apply(List.of(log.write(log.request(update))))
                                .getFirst()
                                .replies()
                                .getFirst()
                                .getAffectedList())
                        .as("%s %s", table, values.get(i))
                        .containsExactly(1);
            }
        }
    }

    private static List<Value> keyValues(List<Object> inputs, ColumnDefinition column) {
        List<Value> values = new ArrayList<>();
        for (Object input : inputs) {
            boolean blankAtEnd = input instanceof String text && text.endsWith(" ");
            if (!blankAtEnd) {
                Value value = Coercion.coerce(input, column, true, CoercionMode.STRICT);
                if (!values.contains(value)) {
                    values.add(value);
                }
            }
        }
        return values;
    }

    /** Candidate keys that differ little: case, accents, padding inside, control characters, lengths. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void takesKeysForEqualExactlyWhenTheirBytesAre(long seed) throws Exception {
        TableDefinition table = StoreFixture.table("Keys", List.of("k"), "k VARCHAR(20)", "v Number");
        Entries log = new Entries(new DatabaseSchema(1, Strategy.HASH, List.of(table)));
        store.apply(log.beginning());
        Random random = new Random(seed);
        List<String> alphabet = List.of("a", "A", "ä", "a\u0308", " ", "\t", "\u0000", "\u00a0", "ß", "ss", "😀", "0");
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            StringBuilder key = new StringBuilder();
            for (int length = random.nextInt(4); length >= 0; length--) {
                key.append(alphabet.get(random.nextInt(alphabet.size())));
            }
            keys.add(key.toString());
        }
        Collections.shuffle(keys, random);
        Map<Row, Boolean> stored = new HashMap<>();
        for (String key : keys) {
            Row row = Row.of(text(key));
            WriteReply reply = store.apply(List.of(log.write(log.request(log.insert("Keys", text(key), number(1))))))
                    .getFirst()
                    .replies()
                    .getFirst();
            String expected = key.endsWith(" ")
                    ? ErrorCode.TRAILING_SPACE_IN_KEY.name()
                    : stored.containsKey(row) ? ErrorCode.DUPLICATE_KEY.name() : "";
            assertThat(reply.getError().getCode())
                    .as("seed %d, key %s", seed, ByteString.copyFromUtf8(key))
                    .isEqualTo(expected);
            if (expected.isEmpty()) {
                stored.put(row, true);
            }
        }
        assertThat(store.checksums().tables().getFirst().getRows()).isEqualTo(stored.size());
    }

    /** What is one level deeper does not get into the log; if it did, this database would not take it. */
    @Test
    void storesJsonAsDeepAsIsAllowed() throws Exception {
        TableDefinition table = StoreFixture.table("Deep", List.of("k"), "k Number", "j JSON");
        Entries log = new Entries(new DatabaseSchema(1, Strategy.HASH, List.of(table)));
        store.apply(log.beginning());
        int key = 0;
        for (int depth : new int[] {CanonicalJson.MAX_STORED_DEPTH, CanonicalJson.MAX_STORED_DEPTH + 1}) {
            for (String json : List.of(
                    "[".repeat(depth) + "]".repeat(depth),
                    "[".repeat(depth) + "1" + "]".repeat(depth),
                    "{\"a\":".repeat(depth) + "\"b\"" + "}".repeat(depth))) {
                WriteReply reply = store.apply(
                                List.of(log.write(log.request(log.insert("Deep", number(key++), text(json))))))
                        .getFirst()
                        .replies()
                        .getFirst();
                assertThat(reply.getError().getCode())
                        .as("%d levels: %s", depth, json)
                        .isEqualTo(depth == CanonicalJson.MAX_STORED_DEPTH ? "" : ErrorCode.CONSTRAINT_VIOLATED.name());
            }
        }
    }
}

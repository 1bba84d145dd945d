package io.shardeddb.router.http.admin;

import io.shardeddb.crds.ColumnSpec;
import io.shardeddb.crds.ShardRangeSpec;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.router.json.JsonInput;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What /init, /add or /rm ask for, as far as each has it.
 *
 * @param n number of servers; absent: as many as are named
 * @param table the table of /init; absent in requests without a schema
 * @param shards new shards
 * @param servers named servers and their shards, in the request's order
 * @param hostnames whether it is of the first assignment's form: {@code n} and perhaps {@code hostnames}, no shards
 */
record ClusterRequest(
        @Nullable Integer n,
        @Nullable TableSpec table,
        List<ShardRangeSpec> shards,
        Map<String, List<String>> servers,
        boolean hostnames) {

    /** Reading longer ones as numbers takes longer than proportionally. */
    private static final int LONGEST_NUMBER = 40;

    /** The assignment's table, for clients that send no schema. */
    static TableSpec studentTable() {
        return new TableSpec(
                "StudT",
                List.of(
                        new ColumnSpec("Stud_id", "Number", false),
                        new ColumnSpec("Stud_name", "String", true),
                        new ColumnSpec("Stud_marks", "Number", true)),
                List.of("Stud_id"),
                null);
    }

    /**
     * Reads a body: names of members in any case, numbers also as strings, servers as an object or (for /rm) as a list.
     *
     * @throws DatabaseException of kind INVALID with the field
     */
    static ClusterRequest parse(byte[] body) {
        Object value = body.length == 0 ? Map.of() : JsonInput.<@Nullable Object>read(body, JsonInput::nextValue);
        if (!(value instanceof Map<?, ?> object)) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "the body must be a JSON object");
        }
        Map<String, Object> members = lowerCase(object);
        Object shards = members.containsKey("new_shards") ? members.get("new_shards") : members.get("shards");
        Object servers = members.containsKey("servers") ? members.get("servers") : members.get("hostnames");
        Object n = members.get("n");
        boolean hostnames = servers == null ? shards == null : !members.containsKey("servers");
        return new ClusterRequest(
                n == null ? null : Math.clamp(number(n, "n"), Integer.MIN_VALUE, Integer.MAX_VALUE),
                table(members.get("schema")),
                shards(shards),
                servers(servers),
                hostnames);
    }

    /** How many servers are meant: {@code n}, or as many as are named. */
    int count() {
        return n == null ? servers.size() : n;
    }

    private static Map<String, Object> lowerCase(Map<?, ?> object) {
        Map<String, Object> members = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            if (value != null) {
                members.put(((String) name).toLowerCase(Locale.ROOT), value);
            }
        });
        return members;
    }

    private static @Nullable TableSpec table(@Nullable Object schema) {
        if (schema == null) {
            return null;
        }
        if (!(schema instanceof Map<?, ?> object)) {
            throw wrong("schema", "an object with \"columns\" and \"dtypes\"");
        }
        Map<String, Object> members = lowerCase(object);
        List<String> names = strings(members.get("columns"), "schema.columns");
        List<String> types = strings(members.get("dtypes"), "schema.dtypes");
        if (names.isEmpty() || names.size() != types.size()) {
            throw wrong("schema", "\"columns\" and \"dtypes\" of equal length, at least 1");
        }
        String key = names.stream()
                .filter(name -> name.equalsIgnoreCase("Stud_id"))
                .findFirst()
                .orElse(names.getFirst());
        List<ColumnSpec> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(new ColumnSpec(
                    names.get(i), type(types.get(i)), !names.get(i).equals(key)));
        }
        return new TableSpec("StudT", columns, List.of(key), null);
    }

    private static String type(String text) {
        try {
            return ColumnType.parse(text).text();
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    ErrorCode.INVALID_SCHEMA, "schema.dtypes: " + e.getMessage(), Map.of("field", "schema.dtypes"));
        }
    }

    private static List<ShardRangeSpec> shards(@Nullable Object given) {
        if (given == null) {
            return List.of();
        }
        if (!(given instanceof List<?> list)) {
            throw wrong("shards", "an array");
        }
        List<ShardRangeSpec> shards = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> object)) {
                throw wrong("shards", "objects with \"Stud_id_low\", \"Shard_id\" and \"Shard_size\"");
            }
            shards.add(shard(lowerCase(object)));
        }
        return shards;
    }

    private static ShardRangeSpec shard(Map<String, Object> members) {
        Object low = members.entrySet().stream()
                .filter(member ->
                        member.getKey().endsWith("_low") || member.getKey().equals("low"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> wrong("shards.Stud_id_low", "given for each shard"));
        Object name = members.get("shard_id");
        Object size = members.get("shard_size");
        if (name == null || size == null) {
            throw wrong(name == null ? "shards.Shard_id" : "shards.Shard_size", "given for each shard");
        }
        return new ShardRangeSpec(
                String.valueOf(name), number(low, "shards.Stud_id_low"), number(size, "shards.Shard_size"), null);
    }

    private static Map<String, List<String>> servers(@Nullable Object given) {
        Map<String, List<String>> servers = new LinkedHashMap<>();
        switch (given) {
            case null -> {}
            case Map<?, ?> object ->
                object.forEach((name, shards) ->
                        servers.put((String) name, shards == null ? List.of() : strings(shards, "servers." + name)));
            case List<?> list -> strings(list, "servers").forEach(name -> servers.put(name, List.of()));
            default -> throw wrong("servers", "an object of server names and their shards, or an array of names");
        }
        return servers;
    }

    private static List<String> strings(@Nullable Object given, String field) {
        if (!(given instanceof List<?> list)) {
            throw wrong(field, "an array of strings");
        }
        List<String> strings = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw wrong(field, "an array of strings");
            }
            strings.add(text);
        }
        return strings;
    }

    private static long number(Object given, String field) {
        String digits = String.valueOf(given).strip();
        if (digits.length() > LONGEST_NUMBER) {
            throw wrong(field, "a whole number of at most " + LONGEST_NUMBER + " characters");
        }
        try {
            return new BigDecimal(digits).longValueExact();
        } catch (NumberFormatException e) {
            throw wrong(field, "a whole number");
        } catch (ArithmeticException e) {
            throw wrong(field, "a whole number of 64 bits");
        }
    }

    private static DatabaseException wrong(String field, String allowed) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST, "\"" + field + "\" must be " + allowed, Map.of("field", field));
    }
}

package io.shardeddb.router.json;

import io.shardeddb.protocol.change.Comparison;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Expression;
import io.shardeddb.protocol.change.PathStep;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about the row as it must be ({@code "if"}) and about values that are computed ({@code "set"}).
 * Pure.
 *
 * <pre>
 * "if":  {"absent": true} or any of {"present": true, "version": "116...", "columns": {"seats": {"&gt;": 0}}}
 * "set": {"seats": {"add": -1, "min": 0, "max": 300},
 *         "notes": {"put": 7, "at": ["a", 0]} or {"append": 7, "at": ["a"]} or {"unset": ["a", 0]}}
 * </pre>
 */
public final class ConditionInput {

    private static final String COLUMNS = "columns";
    private static final String VERSION = "version";

    private ConditionInput() {}

    /**
     * Preconditions of an operation.
     *
     * @throws DatabaseException of kind INVALID, with what is allowed
     */
    public static List<Precondition> conditions(@Nullable Object given, TableDefinition table) {
        Map<?, ?> members = object(given, "if");
        List<Precondition> conditions = new ArrayList<>();
        for (Map.Entry<?, ?> member : members.entrySet()) {
            String name = (String) member.getKey();
            Object value = member.getValue();
            switch (name) {
                case "absent" -> {
                    requireTrue(name, value);
                    conditions.add(new Precondition.Absent());
                }
                case "present" -> {
                    requireTrue(name, value);
                    conditions.add(new Precondition.Present());
                }
                case VERSION -> conditions.add(new Precondition.Unchanged(version(String.valueOf(value))));
                case COLUMNS -> addComparisons(object(value, COLUMNS), table, conditions);
                default -> throw malformed("\"if\" has absent, present, version and columns, not '" + name + "'", name);
            }
        }
        if (conditions.isEmpty()) {
            throw malformed("\"if\" must name a condition: absent, present, version or columns", "if");
        }
        return conditions;
    }

    /**
     * A row's version as an answer gave it.
     *
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static long version(String text) {
        if (!text.matches("[0-9]{1,19}")) {
            throw malformed("a version is digits as an answer gave them, not '" + text + "'", VERSION);
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw malformed("a version is digits as an answer gave them, not '" + text + "'", VERSION);
        }
    }

    private static void addComparisons(Map<?, ?> columns, TableDefinition table, List<Precondition> to) {
        for (Map.Entry<?, ?> each : columns.entrySet()) {
            int column = column((String) each.getKey(), table);
            ColumnDefinition definition = table.column(column);
            Map<?, ?> comparisons = object(each.getValue(), definition.name());
            for (Map.Entry<?, ?> one : comparisons.entrySet()) {
                String sign = (String) one.getKey();
                Comparison comparison = Comparison.ofSign(sign)
                        .orElseThrow(() -> malformed(
                                "column " + definition.name() + " can be compared by " + signs() + ", not '" + sign
                                        + "'",
                                definition.name()));
                Object value = one.getValue();
                Precondition condition = new Precondition.Column(
                        column,
                        comparison,
                        value == null
                                ? Value.NULL
                                : Coercion.coerce(value, definition, table.inPrimaryKey(column), CoercionMode.STRICT));
                condition.check(table);
                to.add(condition);
            }
        }
    }

    private static String signs() {
        return Arrays.stream(Comparison.values()).map(Comparison::sign).collect(Collectors.joining(" "));
    }

    /**
     * Columns that an operation computes.
     *
     * @throws DatabaseException of kind INVALID, with what is allowed
     */
    public static List<ComputedColumn> computed(@Nullable Object given, TableDefinition table) {
        List<ComputedColumn> computed = new ArrayList<>();
        for (Map.Entry<?, ?> each : object(given, "set").entrySet()) {
            int column = column((String) each.getKey(), table);
            ColumnDefinition definition = table.column(column);
            if (table.inPrimaryKey(column)) {
                throw new DatabaseException(
                        ErrorCode.KEY_NOT_CHANGEABLE,
                        "column " + definition.name() + " is part of the primary key and cannot be changed",
                        Map.of("table", table.name(), "column", definition.name()));
            }
            Expression expression = expression(object(each.getValue(), definition.name()), definition);
            expression.check(definition);
            computed.add(new ComputedColumn(column, expression));
        }
        if (computed.isEmpty()) {
            throw malformed("\"set\" must name a column", "set");
        }
        return computed;
    }

    private static Expression expression(Map<?, ?> members, ColumnDefinition column) {
        if (members.containsKey("add")) {
            refuseOthers(members, Set.of("add", "min", "max"), column);
            return new Expression.Add(
                    number(members.get("add"), column),
                    members.containsKey("min") ? number(members.get("min"), column) : null,
                    members.containsKey("max") ? number(members.get("max"), column) : null);
        }
        if (members.containsKey("put")) {
            refuseOthers(members, Set.of("put", "at"), column);
            return new Expression.JsonSet(path(members.get("at"), column), json(members.get("put"), column));
        }
        if (members.containsKey("append")) {
            refuseOthers(members, Set.of("append", "at"), column);
            return new Expression.JsonAppend(path(members.get("at"), column), json(members.get("append"), column));
        }
        if (members.containsKey("unset")) {
            refuseOthers(members, Set.of("unset"), column);
            return new Expression.JsonUnset(path(members.get("unset"), column));
        }
        throw malformed(
                "column " + column.name() + " is computed by add (with min and max), put (with at), append (with at) or"
                        + " unset, not by " + members.keySet(),
                column.name());
    }

    private static void refuseOthers(Map<?, ?> members, Set<String> allowed, ColumnDefinition column) {
        for (Object name : members.keySet()) {
            if (!allowed.contains(name)) {
                throw malformed(
                        "column " + column.name() + ": '" + name + "' does not go with "
                                + allowed.stream().sorted().toList(),
                        column.name());
            }
        }
    }

    /** A number that may be negative even where the column is not: what matters is the sum. */
    private static Value number(@Nullable Object given, ColumnDefinition column) {
        if (column.type() instanceof ColumnType.DecimalType) {
            try {
                return new Value.Text(new BigDecimal(String.valueOf(given)).toPlainString());
            } catch (NumberFormatException e) {
                throw notANumber(given, column);
            }
        }
        return switch (given) {
            case Long number -> new Value.Int64(number);
            case Integer number -> new Value.Int64(number);
            case BigInteger number
            when number.signum() > 0 && number.bitLength() <= 64 -> new Value.Unsigned64(number.longValue());
            case null, default -> throw notANumber(given, column);
        };
    }

    private static DatabaseException notANumber(@Nullable Object given, ColumnDefinition column) {
        return new DatabaseException(
                ErrorCode.WRONG_TYPE,
                "column " + column.name() + " (" + column.type().text() + "): '" + given
                        + "' is not a number of its type",
                Map.of("column", column.name()));
    }

    private static String json(@Nullable Object given, ColumnDefinition column) {
        String text;
        try {
            text = CanonicalJson.write(given);
        } catch (IllegalArgumentException e) {
            throw malformed("column " + column.name() + ": " + e.getMessage(), column.name());
        }
        int depth = CanonicalJson.depth(text);
        if (depth > CanonicalJson.MAX_STORED_DEPTH) {
            throw malformed("column " + column.name() + ": " + CanonicalJson.tooDeep(depth), column.name());
        }
        return text;
    }

    private static List<PathStep> path(@Nullable Object given, ColumnDefinition column) {
        if (given == null) {
            return List.of();
        }
        if (!(given instanceof List<?> steps)) {
            throw wrongStep(column);
        }
        List<PathStep> path = new ArrayList<>();
        for (Object step : steps) {
            switch (step) {
                case String member -> path.add(new PathStep.Member(member));
                case Long element
                when element >= 0 && element <= Integer.MAX_VALUE -> path.add(new PathStep.Element(element.intValue()));
                case Integer element when element >= 0 -> path.add(new PathStep.Element(element));
                case null, default -> throw wrongStep(column);
            }
        }
        return path;
    }

    private static DatabaseException wrongStep(ColumnDefinition column) {
        return malformed(
                "column " + column.name() + ": a path is an array of members' names and elements' numbers, such as"
                        + " [\"a\", 0]",
                column.name());
    }

    private static int column(String name, TableDefinition table) {
        int column = table.indexOf(name);
        if (column < 0) {
            throw RowInput.unknownColumn(name, table);
        }
        return column;
    }

    private static Map<?, ?> object(@Nullable Object given, String field) {
        if (given instanceof Map<?, ?> members) {
            return members;
        }
        throw malformed("\"" + field + "\" must be an object", field);
    }

    private static void requireTrue(String name, @Nullable Object value) {
        if (!Boolean.TRUE.equals(value)) {
            throw malformed("\"" + name + "\" can only be true; leave it out otherwise", name);
        }
    }

    private static DatabaseException malformed(String what, String field) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, what, Map.of("field", field));
    }
}

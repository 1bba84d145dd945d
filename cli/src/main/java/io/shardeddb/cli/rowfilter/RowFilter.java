package io.shardeddb.cli.rowfilter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.Rows.Range;
import io.shardeddb.crds.TableSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter over the rows of one table: comparisons of columns that must all hold. It is a part of what documents can be
 * filtered by, and everything else is refused by name.
 */
public final class RowFilter {

    private static final Set<String> ORDERS = Set.of("$gt", "$gte", "$lt", "$lte");
    private static final Set<String> LISTS = Set.of("$in", "$nin");
    private static final Set<String> EQUALITIES = Set.of("$eq", "$ne");
    private static final String ALLOWED = "tables take $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin and $and";

    private final TableSpec table;
    private final List<RowCondition> conditions;

    private RowFilter(TableSpec table, List<RowCondition> conditions) {
        this.table = table;
        this.conditions = List.copyOf(conditions);
    }

    /** Reads a filter. @throws CommandFailure DATA, with where and what is allowed, when rows cannot be filtered so */
    public static RowFilter of(ObjectNode filter, TableSpec table) {
        List<RowCondition> conditions = new ArrayList<>();
        read(filter, "filter", table, conditions);
        return new RowFilter(table, conditions);
    }

    private static void read(JsonNode filter, String at, TableSpec table, List<RowCondition> into) {
        if (!filter.isObject()) {
            throw refused(at, "must be an object");
        }
        for (Map.Entry<String, JsonNode> member : filter.properties()) {
            String name = member.getKey();
            String here = at + "." + name;
            if (name.equals("$and")) {
                if (!member.getValue().isArray() || member.getValue().isEmpty()) {
                    throw refused(here, "must be a list of filters that is not empty");
                }
                int number = 0;
                for (JsonNode part : member.getValue()) {
                    read(part, here + "." + number++, table, into);
                }
            } else if (name.startsWith("$")) {
                throw refused(here, "is not offered for a table; " + ALLOWED);
            } else {
                column(name, member.getValue(), here, table, into);
            }
        }
    }

    private static void column(String name, JsonNode value, String at, TableSpec table, List<RowCondition> into) {
        List<String> columns =
                table.columns().stream().map(column -> column.name()).toList();
        if (!columns.contains(name)) {
            String why = name.contains(".") ? "a path into a column is not offered; " : "";
            throw refused(at, why + "table " + table.name() + " has the columns " + columns);
        }
        ValueKind kind = ValueKind.of(table, name);
        boolean operators = value.isObject()
                && !value.isEmpty()
                && value.fieldNames().next().startsWith("$");
        if (!operators) {
            into.add(condition(name, "$eq", value, at, kind));
            return;
        }
        for (Map.Entry<String, JsonNode> operator : value.properties()) {
            into.add(condition(name, operator.getKey(), operator.getValue(), at + "." + operator.getKey(), kind));
        }
    }

    private static RowCondition condition(String column, String operator, JsonNode operand, String at, ValueKind kind) {
        if (LISTS.contains(operator)) {
            if (!operand.isArray()) {
                throw refused(at, "must be a list");
            }
            operand.forEach(candidate -> fits(candidate, at, kind, true));
        } else if (ORDERS.contains(operator)) {
            if (!kind.ordered()) {
                throw refused(at, "this column has no order; it takes $eq, $ne, $in and $nin");
            }
            fits(operand, at, kind, false);
        } else if (EQUALITIES.contains(operator)) {
            fits(operand, at, kind, true);
        } else {
            throw refused(at, "is not offered for a table; " + ALLOWED);
        }
        return new RowCondition(column, operator, operand, kind);
    }

    private static void fits(JsonNode operand, String at, ValueKind kind, boolean mayBeNull) {
        if (!(operand.isNull() ? mayBeNull : kind.takes(operand))) {
            throw refused(at, "must be " + kind.words() + ", not " + operand);
        }
    }

    private static CommandFailure refused(String at, String why) {
        return new CommandFailure(ExitCode.DATA, at + ": " + why);
    }

    /** Whether a row matches. */
    public boolean matches(JsonNode row) {
        return conditions.stream().allMatch(condition -> condition.matches(row));
    }

    /** Columns that it looks at. */
    public Set<String> columns() {
        return conditions.stream().map(RowCondition::column).collect(Collectors.toSet());
    }

    /** The values of the key's columns when the filter says that each equals one; the router then reads one row. */
    public Optional<List<String>> key() {
        List<String> key = new ArrayList<>();
        for (String column : table.primaryKey()) {
            @Nullable
            RowCondition equal = conditions.stream()
                    .filter(condition -> condition.column().equals(column)
                            && condition.operator().equals("$eq")
                            && !condition.operand().isNull())
                    .findFirst()
                    .orElse(null);
            if (equal == null) {
                return Optional.empty();
            }
            key.add(equal.operand().asText());
        }
        return Optional.of(key);
    }

    /** Its comparisons, which must all hold. */
    List<RowCondition> conditions() {
        return conditions;
    }

    /** Whether a comparison is what {@link #key} takes a value from. */
    boolean isInKey(RowCondition condition) {
        return table.primaryKey().contains(condition.column())
                && condition.operator().equals("$eq")
                && conditions.stream()
                        .filter(other -> other.column().equals(condition.column())
                                && other.operator().equals("$eq"))
                        .allMatch(other -> other.operand().equals(condition.operand()));
    }

    /** Whether nothing but the key is asked for, by equality: {@link #key} decides the filter alone. */
    public boolean isKeyAlone() {
        return key().isPresent() && conditions.size() == table.primaryKey().size();
    }

    /**
     * The rows that the router is asked for. They hold all that match, and maybe others. Only a key of one whole number
     * bounds them, because the order of its values is the same here and there.
     */
    public Range range(List<String> columns, boolean descending) {
        @Nullable BigDecimal low = null;
        @Nullable BigDecimal high = null;
        for (RowCondition condition : conditions) {
            if (bounds(condition)) {
                BigDecimal operand = new BigDecimal(condition.operand().asText());
                switch (condition.operator()) {
                    case "$gt", "$gte" -> low = low == null ? operand : low.max(operand);
                    case "$lt", "$lte" -> high = high == null ? operand : high.min(operand);
                    default -> throw new IllegalStateException(condition.operator());
                }
            }
        }
        return new Range(whole(low, RoundingMode.CEILING), whole(high, RoundingMode.FLOOR), columns, descending);
    }

    private static @Nullable String whole(@Nullable BigDecimal bound, RoundingMode rounding) {
        if (bound == null || bound.scale() > 100 || bound.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            // No key is that far out, or has so many digits. The comparison itself is decided here, so nothing wrong is
            // shown.
            return null;
        }
        return bound.setScale(0, rounding).toPlainString();
    }

    private boolean bounds(RowCondition condition) {
        return table.primaryKey().size() == 1
                && condition.column().equals(table.primaryKey().getFirst())
                && ORDERS.contains(condition.operator())
                && ValueKind.isWhole(table, condition.column());
    }

    /** Which part runs where, in lines for a person. */
    public List<String> explained() {
        List<String> lines = new ArrayList<>();
        if (key().isPresent()) {
            lines.add("router: one row, by its key");
        } else {
            List<String> bounds = conditions.stream()
                    .filter(this::bounds)
                    .map(RowCondition::text)
                    .toList();
            lines.add(
                    bounds.isEmpty()
                            ? "router: all rows of " + table.name() + ", in key order"
                            : "router: the rows of a range of keys: " + String.join(", ", bounds));
        }
        List<String> here = conditions.stream()
                .filter(condition -> !bounds(condition) && !isKeyAlone())
                .map(RowCondition::text)
                .toList();
        if (!here.isEmpty()) {
            lines.add("here, row by row: " + String.join(", ", here));
        }
        return lines;
    }
}

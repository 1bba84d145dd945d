package io.shardeddb.protocol.change;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One operation on one row that may depend on what the row is.
 *
 * @param table whose row it is
 * @param kind what is done
 * @param row all columns for INSERT, INSERT_IF_ABSENT and UPSERT; the values of {@code columns} for UPDATE; empty for
 *     DELETE
 * @param columns UPDATE: the columns that get a given value
 * @param computed the columns that are computed; with UPSERT of a row that is there they alone are changed
 * @param conditions all of which must hold
 * @param mustExist UPDATE and DELETE: fails where there is no row
 */
public record ConditionalChange(
        TableDefinition table,
        OperationKind kind,
        Row row,
        List<Integer> columns,
        List<ComputedColumn> computed,
        List<Precondition> conditions,
        boolean mustExist) {

    public ConditionalChange {
        columns = List.copyOf(columns);
        computed = List.copyOf(computed);
        conditions = List.copyOf(conditions);
    }

    /** What a change comes to. */
    public sealed interface Effect {

        /** Nothing is changed, and that is no failure. */
        record Nothing() implements Effect {}

        /** The row is this from now on. */
        record Written(Row row) implements Effect {}

        /** The row is gone. */
        record Removed() implements Effect {}

        /** Nothing is changed, and the operation fails. */
        record Failed(ErrorCode code, String reason) implements Effect {}
    }

    /**
     * Refuses what fits no row of the table.
     *
     * @throws DatabaseException of kind INVALID
     */
    public void check() {
        conditions.forEach(condition -> condition.check(table));
        Set<Integer> set = new HashSet<>(columns);
        for (ComputedColumn each : computed) {
            if (each.column() < 0 || each.column() >= table.columns().size()) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "an expression names column " + each.column() + " of "
                                + table.columns().size());
            }
            String name = table.column(each.column()).name();
            if (table.inPrimaryKey(each.column())) {
                throw new DatabaseException(
                        ErrorCode.KEY_NOT_CHANGEABLE,
                        "column " + name + " is part of the primary key and cannot be computed",
                        Map.of("column", name));
            }
            if (!set.add(each.column())) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST, "column " + name + " is set twice", Map.of("column", name));
            }
            each.expression().check(table.column(each.column()));
        }
        boolean computes = kind == OperationKind.UPDATE || kind == OperationKind.UPSERT;
        if (!computes && !computed.isEmpty()) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "only update and upsert compute columns");
        }
    }

    /**
     * What it comes to on a row. Pure, and the same on every replica.
     *
     * @param present the row as it is now; absent: there is none
     */
    public Effect on(@Nullable StoredRow present) {
        for (Precondition condition : conditions) {
            if (!condition.holds(table, present)) {
                return new Effect.Failed(ErrorCode.CONDITION_FAILED, reason(condition));
            }
        }
        if (present == null) {
            return switch (kind) {
                case INSERT, INSERT_IF_ABSENT, UPSERT -> new Effect.Written(row);
                default ->
                    mustExist
                            ? new Effect.Failed(ErrorCode.ROW_NOT_FOUND, "there is no row with this key")
                            : new Effect.Nothing();
            };
        }
        return switch (kind) {
            case INSERT -> new Effect.Failed(ErrorCode.DUPLICATE_KEY, "a row with this key exists");
            case INSERT_IF_ABSENT -> new Effect.Nothing();
            case UPSERT -> computed.isEmpty() ? new Effect.Written(row) : changed(present.row());
            case UPDATE -> changed(present.row());
            case DELETE -> new Effect.Removed();
            case CHECK_RANGE, OPERATION_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalStateException("no change: " + kind);
        };
    }

    private Effect changed(Row before) {
        List<Value> values = new ArrayList<>(before.values());
        for (int i = 0; i < columns.size(); i++) {
            values.set(columns.get(i), row.get(i));
        }
        try {
            for (ComputedColumn each : computed) {
                values.set(
                        each.column(),
                        each.expression().evaluate(before.get(each.column()), table.column(each.column())));
            }
        } catch (DatabaseException e) {
            return new Effect.Failed(e.code(), e.text());
        }
        return new Effect.Written(new Row(values));
    }

    private String reason(Precondition condition) {
        return switch (condition) {
            case Precondition.Absent ignored -> "the row is there";
            case Precondition.Present ignored -> "there is no such row";
            case Precondition.Unchanged ignored -> "the row is not there with this version";
            case Precondition.Column column ->
                "the row is not there with " + table.column(column.column()).name() + " "
                        + column.comparison().sign() + " the value that was given";
        };
    }
}

package io.shardeddb.protocol.change;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.AddExpression;
import io.shardeddb.protocol.wire.ColumnCondition;
import io.shardeddb.protocol.wire.ComparisonKind;
import io.shardeddb.protocol.wire.JsonAppendExpression;
import io.shardeddb.protocol.wire.JsonSetExpression;
import io.shardeddb.protocol.wire.JsonStep;
import io.shardeddb.protocol.wire.JsonUnsetExpression;
import io.shardeddb.protocol.wire.RowComputation;
import io.shardeddb.protocol.wire.RowCondition;
import io.shardeddb.protocol.wire.RowOperation;
import java.util.ArrayList;
import java.util.List;

/** Preconditions and computed columns as they travel and stand in logs. */
public final class ChangeCodec {

    private ChangeCodec() {}

    /**
     * Preconditions of an operation; nearly every operation has none.
     *
     * @throws DatabaseException {@link ErrorCode#MALFORMED_REQUEST} when one is none
     */
    public static List<Precondition> conditions(RowOperation operation) {
        return operation.getConditionsCount() == 0
                ? List.of()
                : operation.getConditionsList().stream()
                        .map(ChangeCodec::ofWire)
                        .toList();
    }

    /**
     * Columns that an operation computes; nearly every operation has none.
     *
     * @throws DatabaseException {@link ErrorCode#MALFORMED_REQUEST} when one is none
     */
    public static List<ComputedColumn> computed(RowOperation operation) {
        return operation.getComputationsCount() == 0
                ? List.of()
                : operation.getComputationsList().stream()
                        .map(ChangeCodec::ofWire)
                        .toList();
    }

    /** A precondition for the wire. */
    public static RowCondition toWire(Precondition condition) {
        RowCondition.Builder wire = RowCondition.newBuilder();
        return switch (condition) {
            case Precondition.Absent ignored -> wire.setAbsent(true).build();
            case Precondition.Present ignored -> wire.setPresent(true).build();
            case Precondition.Unchanged(long version) ->
                wire.setUnchanged(version).build();
            case Precondition.Column(int column, Comparison comparison, Value value) ->
                wire.setColumn(ColumnCondition.newBuilder()
                                .setColumn(column)
                                .setComparison(toWire(comparison))
                                .setValue(bytes(value)))
                        .build();
        };
    }

    /**
     * A precondition off the wire.
     *
     * @throws DatabaseException {@link ErrorCode#MALFORMED_REQUEST} when it is none
     */
    public static Precondition ofWire(RowCondition wire) {
        return switch (wire.getConditionCase()) {
            case ABSENT -> new Precondition.Absent();
            case PRESENT -> new Precondition.Present();
            case UNCHANGED -> new Precondition.Unchanged(wire.getUnchanged());
            case COLUMN ->
                new Precondition.Column(
                        wire.getColumn().getColumn(),
                        comparison(wire.getColumn().getComparison()),
                        value(wire.getColumn().getValue()));
            case CONDITION_NOT_SET -> throw malformed("a condition of no known kind");
        };
    }

    /** A computed column for the wire. */
    public static RowComputation toWire(ComputedColumn computed) {
        RowComputation.Builder wire = RowComputation.newBuilder().setColumn(computed.column());
        return switch (computed.expression()) {
            case Expression.Add add -> {
                AddExpression.Builder expression = AddExpression.newBuilder().setAmount(bytes(add.amount()));
                Value least = add.least();
                if (least != null) {
                    expression.setLeast(bytes(least));
                }
                Value greatest = add.greatest();
                if (greatest != null) {
                    expression.setGreatest(bytes(greatest));
                }
                yield wire.setAdd(expression).build();
            }
            case Expression.JsonSet(List<PathStep> path, String json) ->
                wire.setJsonSet(JsonSetExpression.newBuilder()
                                .addAllPath(path(path))
                                .setJson(json))
                        .build();
            case Expression.JsonUnset(List<PathStep> path) ->
                wire.setJsonUnset(JsonUnsetExpression.newBuilder().addAllPath(path(path)))
                        .build();
            case Expression.JsonAppend(List<PathStep> path, String json) ->
                wire.setJsonAppend(JsonAppendExpression.newBuilder()
                                .addAllPath(path(path))
                                .setJson(json))
                        .build();
        };
    }

    /**
     * A computed column off the wire.
     *
     * @throws DatabaseException {@link ErrorCode#MALFORMED_REQUEST} when it is none
     */
    public static ComputedColumn ofWire(RowComputation wire) {
        Expression expression = switch (wire.getExpressionCase()) {
            case ADD ->
                new Expression.Add(
                        value(wire.getAdd().getAmount()),
                        wire.getAdd().hasLeast() ? value(wire.getAdd().getLeast()) : null,
                        wire.getAdd().hasGreatest() ? value(wire.getAdd().getGreatest()) : null);
            case JSON_SET ->
                new Expression.JsonSet(
                        steps(wire.getJsonSet().getPathList()),
                        json(wire.getJsonSet().getJson()));
            case JSON_UNSET ->
                new Expression.JsonUnset(steps(wire.getJsonUnset().getPathList()));
            case JSON_APPEND ->
                new Expression.JsonAppend(
                        steps(wire.getJsonAppend().getPathList()),
                        json(wire.getJsonAppend().getJson()));
            case EXPRESSION_NOT_SET -> throw malformed("an expression of no known kind");
        };
        return new ComputedColumn(wire.getColumn(), expression);
    }

    private static ComparisonKind toWire(Comparison comparison) {
        return switch (comparison) {
            case EQUAL -> ComparisonKind.EQUAL;
            case NOT_EQUAL -> ComparisonKind.NOT_EQUAL;
            case LESS -> ComparisonKind.LESS;
            case LESS_OR_EQUAL -> ComparisonKind.LESS_OR_EQUAL;
            case GREATER -> ComparisonKind.GREATER;
            case GREATER_OR_EQUAL -> ComparisonKind.GREATER_OR_EQUAL;
        };
    }

    private static Comparison comparison(ComparisonKind wire) {
        return switch (wire) {
            case EQUAL -> Comparison.EQUAL;
            case NOT_EQUAL -> Comparison.NOT_EQUAL;
            case LESS -> Comparison.LESS;
            case LESS_OR_EQUAL -> Comparison.LESS_OR_EQUAL;
            case GREATER -> Comparison.GREATER;
            case GREATER_OR_EQUAL -> Comparison.GREATER_OR_EQUAL;
            case COMPARISON_KIND_UNSPECIFIED, UNRECOGNIZED -> throw malformed("a comparison of no known kind");
        };
    }

    private static ByteString bytes(Value value) {
        return RowCodec.encode(Row.of(value));
    }

    private static Value value(ByteString bytes) {
        try {
            return RowCodec.decode(bytes, 1).get(0);
        } catch (IllegalArgumentException e) {
            throw malformed("a value that is not canonical: " + e.getMessage());
        }
    }

    /** What is in the log is parsed on every replica, so it is parsed once before. */
    private static String json(String text) {
        if (CanonicalJson.depth(text) > CanonicalJson.MAX_STORED_DEPTH) {
            throw malformed(CanonicalJson.tooDeep(CanonicalJson.depth(text)));
        }
        try {
            if (!CanonicalJson.canonical(text).equals(text)) {
                throw malformed("JSON that is not canonical");
            }
        } catch (IllegalArgumentException e) {
            throw malformed("no JSON: " + e.getMessage());
        }
        return text;
    }

    private static List<JsonStep> path(List<PathStep> steps) {
        return steps.stream()
                .map(step -> switch (step) {
                    case PathStep.Member(String name) ->
                        JsonStep.newBuilder().setMember(name).build();
                    case PathStep.Element(int index) ->
                        JsonStep.newBuilder().setElement(index).build();
                })
                .toList();
    }

    private static List<PathStep> steps(List<JsonStep> wire) {
        List<PathStep> steps = new ArrayList<>(wire.size());
        for (JsonStep step : wire) {
            steps.add(
                    switch (step.getStepCase()) {
                        case MEMBER -> new PathStep.Member(step.getMember());
                        case ELEMENT -> {
                            if (step.getElement() < 0) {
                                throw malformed(
                                        "an array has no element " + Integer.toUnsignedString(step.getElement()));
                            }
                            yield new PathStep.Element(step.getElement());
                        }
                        case STEP_NOT_SET -> throw malformed("a step of no known kind");
                    });
        }
        return steps;
    }

    private static DatabaseException malformed(String what) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, what);
    }
}

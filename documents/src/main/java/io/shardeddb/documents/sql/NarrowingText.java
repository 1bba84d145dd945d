package io.shardeddb.documents.sql;

import io.shardeddb.documents.filter.Condition;
import io.shardeddb.documents.filter.Condition.Comparison;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.filter.ValueType;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The text of a weaker filter, which shards read in place of a filter. It matches every document that the filter means,
 * and has only what can narrow. So it stays short, and servers of other versions know all of its operators.
 */
public final class NarrowingText {

    /** Characters, at most. A longer one would cost more on its way than it saves. */
    static final int MAX_CHARACTERS = 1 << 16;

    private NarrowingText() {}

    /** The text for a filter; empty: it narrows nothing. */
    public static String of(Filter filter) {
        return weaker(filter)
                .map(DocumentValue::toJson)
                .filter(text -> text.length() <= MAX_CHARACTERS)
                .orElse("");
    }

    private static Optional<DocumentValue> weaker(Filter filter) {
        return switch (filter) {
            case Filter.And(List<Filter> filters) ->
                some(filters.stream().map(NarrowingText::weaker).toList());
            case Filter.Or(List<Filter> filters) ->
                all(filters.stream().map(NarrowingText::weaker).toList());
            case Filter.Nor _ -> Optional.empty();
            case Filter.Field(DocumentPath path, Condition condition) -> weaker(path.text(), condition);
        };
    }

    private static Optional<DocumentValue> some(List<Optional<DocumentValue>> parts) {
        List<DocumentValue> said = parts.stream().flatMap(Optional::stream).toList();
        return said.size() < 2 ? said.stream().findFirst() : Optional.of(list("$and", said));
    }

    private static Optional<DocumentValue> all(List<Optional<DocumentValue>> parts) {
        return !parts.isEmpty() && parts.stream().allMatch(Optional::isPresent)
                ? Optional.of(
                        list("$or", parts.stream().flatMap(Optional::stream).toList()))
                : Optional.empty();
    }

    private static DocumentValue list(String operator, List<DocumentValue> parts) {
        return ObjectValue.of(Map.of(operator, new ArrayValue(parts)));
    }

    private static Optional<DocumentValue> weaker(String path, Condition condition) {
        return switch (condition) {
            case Condition.Every(List<Condition> conditions) ->
                some(conditions.stream().map(each -> weaker(path, each)).toList());
            case Condition.Any(List<Condition> conditions) ->
                all(conditions.stream().map(each -> weaker(path, each)).toList());
            case Condition.Compare(Comparison comparison, DocumentValue operand)
            when isScalar(operand) -> said(path, name(comparison), operand);
            case Condition.In(List<DocumentValue> values)
            when values.stream().allMatch(NarrowingText::isScalar) -> said(path, "$in", new ArrayValue(values));
            case Condition.Exists _ -> said(path, "$exists", new BooleanValue(true));
            case Condition.Type(Set<ValueType> types) ->
                said(
                        path,
                        "$type",
                        new ArrayValue(types.stream()
                                .sorted()
                                .<DocumentValue>map(type -> new TextValue(type.typeName()))
                                .toList()));
            case Condition.Regex _ -> type(path, ValueType.STRING);
            case Condition.Modulo _, Condition.Bits _ -> type(path, ValueType.NUMBER);
            case Condition.Size _, Condition.ElementMatches _, Condition.ElementHolds _ -> type(path, ValueType.ARRAY);
            case Condition.Not _, Condition.Compare _, Condition.In _ -> Optional.empty();
        };
    }

    private static boolean isScalar(DocumentValue value) {
        return !(value instanceof ArrayValue) && !(value instanceof ObjectValue);
    }

    private static String name(Comparison comparison) {
        return switch (comparison) {
            case EQUAL -> "$eq";
            case LESS -> "$lt";
            case LESS_OR_EQUAL -> "$lte";
            case GREATER -> "$gt";
            case GREATER_OR_EQUAL -> "$gte";
        };
    }

    private static Optional<DocumentValue> type(String path, ValueType type) {
        return said(path, "$type", new TextValue(type.typeName()));
    }

    private static Optional<DocumentValue> said(String path, String operator, DocumentValue operand) {
        return Optional.of(ObjectValue.of(Map.of(path, ObjectValue.of(Map.of(operator, operand)))));
    }
}

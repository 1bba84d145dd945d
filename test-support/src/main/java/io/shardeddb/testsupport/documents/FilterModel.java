package io.shardeddb.testsupport.documents;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Which documents match a filter. Knows the operators that {@link RequestGenerator} writes. */
public final class FilterModel {

    private FilterModel() {}

    /** Whether the filter matches a document. */
    public static boolean matches(Map<String, Object> filter, Object document) {
        return filter.entrySet().stream().allMatch(part -> part(part.getKey(), part.getValue(), document));
    }

    private static boolean part(String name, Object operand, Object document) {
        return switch (name) {
            case "$and" -> Values.list(operand).stream().allMatch(each -> matches(Values.object(each), document));
            case "$or" -> Values.list(operand).stream().anyMatch(each -> matches(Values.object(each), document));
            case "$nor" -> Values.list(operand).stream().noneMatch(each -> matches(Values.object(each), document));
            default ->
                isOperators(operand)
                        ? operators(Found.at(name, document), Values.object(operand))
                        : any(Found.at(name, document), equalTo(operand));
        };
    }

    /** Operators of a value. An object of {@code $and}, {@code $or} and {@code $nor} is a filter. */
    static boolean isOperators(Object operand) {
        return operand instanceof Map<?, ?> map
                && !map.isEmpty()
                && map.keySet().stream()
                        .allMatch(name -> ((String) name).startsWith("$")
                                && !List.of("$and", "$or", "$nor").contains(name));
    }

    private static boolean operators(List<Found> found, Map<String, Object> operators) {
        return operators.entrySet().stream()
                .allMatch(each -> operator(found, each.getKey(), each.getValue(), operators));
    }

    private static boolean any(List<Found> found, Predicate<Object> test) {
        return found.stream().flatMap(each -> each.compared().stream()).anyMatch(test);
    }

    private static boolean anyList(List<Found> found, Predicate<List<Object>> test) {
        return found.stream().anyMatch(each -> each.value() instanceof List<?> list && test.test(Values.list(list)));
    }

    private static Predicate<Object> equalTo(Object operand) {
        return value -> Values.same(value, operand);
    }

    private static boolean operator(List<Found> found, String name, Object operand, Map<String, Object> all) {
        return switch (name) {
            case "$eq", "$gt", "$gte", "$lt", "$lte", "$in", "$type", "$mod", "$regex" ->
                any(found, ofValue(name, operand, all));
            case "$ne" -> !any(found, equalTo(operand));
            case "$nin" -> !any(found, ofValue("$in", operand, all));
            case "$not" -> !operators(found, Values.object(operand));
            case "$exists" -> any(found, value -> value != Absent.MISSING) == operand.equals(true);
            case "$size" -> anyList(found, list -> list.size() == (Long) operand);
            case "$all" -> all(found, Values.list(operand));
            case "$elemMatch" ->
                anyList(found, list -> list.stream().anyMatch(each -> element(Values.object(operand), each)));
            case "$options" -> true;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static boolean all(List<Found> found, List<Object> operands) {
        return !operands.isEmpty()
                && operands.stream()
                        .allMatch(each ->
                                isOperators(each) ? operators(found, Values.object(each)) : any(found, equalTo(each)));
    }

    /** Operators stand for the element itself, and anything else for its members. */
    private static boolean element(Map<String, Object> operand, Object element) {
        if (isOperators(operand)) {
            return operators(List.of(new Found(element, true)), operand);
        }
        return (element instanceof Map<?, ?> || element instanceof List<?>) && matches(operand, element);
    }

    /** Operators look into an element that is a list. Anything else is a filter of objects. */
    static boolean pulls(Map<String, Object> operand, Object element) {
        return isOperators(operand)
                ? operators(List.of(new Found(element, false)), operand)
                : element instanceof Map<?, ?> && matches(operand, element);
    }

    /** Tests of one value. */
    private static Predicate<Object> ofValue(String name, Object operand, Map<String, Object> all) {
        return switch (name) {
            case "$eq" -> equalTo(operand);
            case "$gt" -> value -> comparable(value, operand) && Values.compare(value, operand) > 0;
            case "$gte" -> value -> comparable(value, operand) && Values.compare(value, operand) >= 0;
            case "$lt" -> value -> comparable(value, operand) && Values.compare(value, operand) < 0;
            case "$lte" -> value -> comparable(value, operand) && Values.compare(value, operand) <= 0;
            case "$in" -> value -> Values.list(operand).stream().anyMatch(each -> Values.same(value, each));
            case "$type" -> value -> isOfType(value, (String) operand);
            case "$mod" ->
                value -> {
                    List<Object> pair = Values.list(operand);
                    return value instanceof Number number
                            && Math.abs(number.doubleValue()) <= Long.MAX_VALUE
                            && number.longValue() % (Long) pair.get(0) == (Long) pair.get(1);
                };
            default -> value -> value instanceof String text && like(text, (String) operand, all);
        };
    }

    /** Ranges compare values of one type only. */
    private static boolean comparable(Object value, Object operand) {
        return Values.rank(value) == Values.rank(operand);
    }

    private static boolean isOfType(Object value, String type) {
        return switch (type) {
            case "null" -> value == Absent.NULL;
            case "number" -> value instanceof Number;
            case "double" -> value instanceof Double;
            case "string" -> value instanceof String;
            case "object" -> value instanceof Map<?, ?>;
            case "array" -> value instanceof List<?>;
            case "bool" -> value instanceof Boolean;
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** The model knows patterns of plain letters alone, with {@code ^} in front or not. */
    private static boolean like(String text, String pattern, Map<String, Object> all) {
        boolean anyCase = "i".equals(all.get("$options"));
        String where = anyCase ? text.toLowerCase(Locale.ROOT) : text;
        String what = anyCase ? pattern.toLowerCase(Locale.ROOT) : pattern;
        return what.startsWith("^") ? where.startsWith(what.substring(1)) : where.contains(what);
    }
}

package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentRules;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what an operator is given for one path. */
final class OperandParser {

    private static final String EACH = "$each";
    private static final Set<String> PUSH = new TreeSet<>(List.of(EACH, "$position", "$slice", "$sort"));
    private static final Set<String> BITS = Set.of("and", "or", "xor");

    private OperandParser() {}

    /** The modifier of an operator, or null if there is no such operator. */
    static @Nullable Modifier modifier(String operator, DocumentValue operand, Spot spot) {
        return switch (operator) {
            case "$set", "$setOnInsert" -> new Modifier.Assign(value(operand, spot));
            case "$unset" -> new Modifier.Unset();
            case "$inc" -> new NumberModifiers.Arithmetic(number(operand, spot), false);
            case "$mul" -> new NumberModifiers.Arithmetic(number(operand, spot), true);
            case "$min" -> new NumberModifiers.Extreme(value(operand, spot), false);
            case "$max" -> new NumberModifiers.Extreme(value(operand, spot), true);
            case "$bit" -> bits(operand, spot);
            case "$push" -> push(operand, spot);
            case "$pushAll" -> new ArrayModifiers.Push(array(operand, spot), null, null, null);
            case "$addToSet" -> new ArrayModifiers.AddToSet(added(operand, spot));
            case "$pull" -> new ArrayModifiers.Pull(Conditions.pulled(operand, spot));
            case "$pullAll" -> {
                Set<DocumentValue> values = new TreeSet<>(ValueOrder.COMPARATOR);
                values.addAll(array(operand, spot));
                yield new ArrayModifiers.Pull(values::contains);
            }
            case "$pop" -> new ArrayModifiers.Pop(ValueOrder.compare(number(operand, spot), DocumentValue.of(0L)) < 0);
            default -> null;
        };
    }

    private static Modifier push(DocumentValue operand, Spot spot) {
        DocumentValue each = operand instanceof ObjectValue given ? given.get(EACH) : null;
        if (!(operand instanceof ObjectValue object) || each == null) {
            return new ArrayModifiers.Push(List.of(value(operand, spot)), null, null, null);
        }
        for (String name : object.members().keySet()) {
            if (!PUSH.contains(name)) {
                throw spot.member(name).error("allowed next to $each are $position, $slice and $sort");
            }
        }
        return new ArrayModifiers.Push(
                array(each, spot.member(EACH)),
                whole(object.get("$position"), spot.member("$position")),
                whole(object.get("$slice"), spot.member("$slice")),
                order(object.get("$sort"), spot.member("$sort")));
    }

    private static List<DocumentValue> added(DocumentValue operand, Spot spot) {
        DocumentValue each = operand instanceof ObjectValue given ? given.get(EACH) : null;
        if (!(operand instanceof ObjectValue object) || each == null) {
            return List.of(value(operand, spot));
        }
        if (object.members().size() != 1) {
            throw spot.error("nothing is allowed next to $each");
        }
        return array(each, spot.member(EACH));
    }

    private static ArrayModifiers.@Nullable Order order(@Nullable DocumentValue operand, Spot spot) {
        return switch (operand) {
            case null -> null;
            case IntegerValue _, DoubleValue _ -> {
                Long direction = whole(operand, spot);
                if (direction == null || Math.abs(direction) != 1) {
                    throw spot.error("1 (up) or -1 (down) is needed, or paths with them");
                }
                yield new ArrayModifiers.Order(null, direction < 0);
            }
            case ObjectValue object
            when object.members().size() != 1 ->
                throw spot.error("one path is needed; more are a list, such as [{\"a\": 1}, {\"b\": -1}]");
            default -> new ArrayModifiers.Order(SortOrder.parse(operand.toJava(), spot), false);
        };
    }

    private static Modifier bits(DocumentValue operand, Spot spot) {
        if (operand instanceof ObjectValue object && object.members().size() == 1) {
            Map.Entry<String, DocumentValue> only = object.members().firstEntry();
            if (BITS.contains(only.getKey()) && only.getValue() instanceof IntegerValue(long bits)) {
                return new NumberModifiers.Bits(only.getKey(), bits);
            }
        }
        throw spot.error("an object with and, or or xor and a whole number is needed");
    }

    /** A value that may be stored. */
    static DocumentValue value(DocumentValue operand, Spot spot) {
        DocumentRules.requireNames(operand, spot.place());
        return operand;
    }

    private static List<DocumentValue> array(DocumentValue operand, Spot spot) {
        if (value(operand, spot) instanceof ArrayValue array) {
            return array.elements();
        }
        throw spot.error("an array is needed, not " + operand.typeInWords());
    }

    private static DocumentValue number(DocumentValue operand, Spot spot) {
        if (NumberModifiers.isNumber(operand)) {
            return operand;
        }
        throw spot.error("a number is needed, not " + operand.typeInWords());
    }

    private static @Nullable Long whole(@Nullable DocumentValue operand, Spot spot) {
        return switch (operand) {
            case null -> null;
            case IntegerValue(long number) -> number;
            case DoubleValue(double number) when Math.rint(number) == number -> (long) number;
            default -> throw spot.error("a whole number is needed");
        };
    }
}

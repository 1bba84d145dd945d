package io.shardeddb.documents.filter;

import com.google.re2j.Pattern;
import io.shardeddb.documents.value.DocumentPath.Branch;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold for the values that a path leads to. A test of one value holds if it holds for one of them, or for an
 * element of one of them that is an array.
 */
public sealed interface Condition {

    /** How a value compares with the operand of a {@link Compare}. */
    enum Comparison {
        EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }

    /** The value compares so with the operand. Only values of the operand's kind have an order with it. */
    record Compare(Comparison comparison, DocumentValue operand) implements Condition {}

    /** The value equals one of these. */
    record In(List<DocumentValue> values) implements Condition {
        /** Copies the list. */
        public In {
            values = List.copyOf(values);
        }
    }

    /** There is a value, whatever it is. */
    record Exists() implements Condition {}

    /** The value is of one of these types. */
    record Type(Set<ValueType> types) implements Condition {
        /** Copies the set. */
        public Type {
            types = Set.copyOf(types);
        }
    }

    /** The pattern is found in the value, which is a text. RE2's syntax: its time grows with the text alone. */
    record Regex(Pattern pattern) implements Condition {}

    /** The value is a number that leaves this remainder, fractions cut off. */
    record Modulo(long divisor, long remainder) implements Condition {}

    /** Which bits of a whole number a {@link Bits} asks for. */
    enum BitTest {
        ALL_SET,
        ALL_CLEAR,
        ANY_SET,
        ANY_CLEAR
    }

    /**
     * The value is a whole number of 64 bits, of which these are set or clear. Bits beyond the 64 are its sign's.
     *
     * @param positions from 0, the least bit
     */
    record Bits(BitTest asked, List<Integer> positions) implements Condition {
        /** Copies the list. */
        public Bits {
            positions = List.copyOf(positions);
        }

        private boolean holds(long number) {
            return switch (asked) {
                case ALL_SET -> positions.stream().allMatch(position -> isSet(number, position));
                case ALL_CLEAR -> positions.stream().noneMatch(position -> isSet(number, position));
                case ANY_SET -> positions.stream().anyMatch(position -> isSet(number, position));
                case ANY_CLEAR -> positions.stream().anyMatch(position -> !isSet(number, position));
            };
        }

        private static boolean isSet(long number, int position) {
            return (number >> Math.min(position, Long.SIZE - 1) & 1) == 1;
        }
    }

    /** The value is an array of so many elements. */
    record Size(long size) implements Condition {}

    /** The value is an array with an element, an object or array, that the filter matches. */
    record ElementMatches(Filter filter) implements Condition {}

    /** The value is an array with an element for which all of these hold. */
    record ElementHolds(List<Condition> conditions) implements Condition {
        /** Copies the list. */
        public ElementHolds {
            conditions = List.copyOf(conditions);
        }
    }

    /** All of these hold, each for any of the values. */
    record Every(List<Condition> conditions) implements Condition {
        /** Copies the list. */
        public Every {
            conditions = List.copyOf(conditions);
        }
    }

    /** One of these holds. */
    record Any(List<Condition> conditions) implements Condition {
        /** Copies the list. */
        public Any {
            conditions = List.copyOf(conditions);
        }
    }

    /** It does not hold. */
    record Not(Condition condition) implements Condition {}

    /** Whether it holds for what a path led to. */
    default boolean holds(List<Branch> branches) {
        return switch (this) {
            case Every(List<Condition> conditions) ->
                conditions.stream().allMatch(condition -> condition.holds(branches));
            case Any(List<Condition> conditions) ->
                conditions.stream().anyMatch(condition -> condition.holds(branches));
            case Not(Condition condition) -> !condition.holds(branches);
            default -> branches.stream().anyMatch(this::holds);
        };
    }

    private boolean holds(Branch branch) {
        return test(branch.value()) || insideOf(branch).isPresent();
    }

    /** The first element of an array at the end of a branch for which a test of one value holds. */
    private OptionalInt insideOf(Branch branch) {
        if (branch.value() instanceof ArrayValue(List<DocumentValue> elements)
                && branch.mayLookInside()
                && looksInside()) {
            for (int i = 0; i < elements.size(); i++) {
                if (test(elements.get(i))) {
                    return OptionalInt.of(i);
                }
            }
        }
        return OptionalInt.empty();
    }

    /** Whether it is asked of an array's elements too. */
    private boolean looksInside() {
        return switch (this) {
            case Compare _, In _, Type _, Regex _, Modulo _, Bits _ -> true;
            case Exists _, Size _, ElementMatches _, ElementHolds _, Every _, Any _, Not _ -> false;
        };
    }

    /** The element of an array by which it holds, as far as one is told. */
    default OptionalInt element(List<Branch> branches) {
        if (this instanceof Every(List<Condition> conditions)) {
            return conditions.stream()
                    .map(condition -> condition.element(branches))
                    .filter(OptionalInt::isPresent)
                    .reduce((first, second) -> second)
                    .orElse(OptionalInt.empty());
        }
        if (this instanceof Any || this instanceof Not) {
            return OptionalInt.empty();
        }
        for (Branch branch : branches) {
            if (!holds(branch)) {
                continue;
            }
            if (!branch.indexes().isEmpty()) {
                return OptionalInt.of(branch.indexes().getFirst());
            }
            OptionalInt inside = this instanceof ElementMatches || this instanceof ElementHolds
                    ? elementOf(branch)
                    : insideOf(branch);
            return test(branch.value()) && looksInside() ? OptionalInt.empty() : inside;
        }
        return OptionalInt.empty();
    }

    private OptionalInt elementOf(Branch branch) {
        List<DocumentValue> elements =
                branch.value() instanceof ArrayValue array ? array.elements() : List.<DocumentValue>of();
        for (int i = 0; i < elements.size(); i++) {
            if (testElement(elements.get(i))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Whether it holds for this value alone, without a look at an array's elements.
     *
     * @param value null: there is none
     */
    default boolean test(@Nullable DocumentValue value) {
        return switch (this) {
            case Compare(Comparison comparison, DocumentValue operand) -> compares(value, comparison, operand);
            case In(List<DocumentValue> values) ->
                values.stream().anyMatch(each -> compares(value, Comparison.EQUAL, each));
            case Exists() -> value != null;
            case Type(Set<ValueType> types) -> value != null && types.stream().anyMatch(type -> type.includes(value));
            case Regex(Pattern pattern) ->
                value instanceof TextValue(String text) && pattern.matcher(text).find();
            case Modulo(long divisor, long remainder) -> modulo(value, divisor, remainder);
            case Bits bits -> bits(value, bits);
            case Size(long size) ->
                value instanceof ArrayValue(List<DocumentValue> elements) && elements.size() == size;
            case ElementMatches _, ElementHolds _ ->
                value instanceof ArrayValue(List<DocumentValue> elements)
                        && elements.stream().anyMatch(this::testElement);
            case Every(List<Condition> conditions) -> conditions.stream().allMatch(condition -> condition.test(value));
            case Any(List<Condition> conditions) -> conditions.stream().anyMatch(condition -> condition.test(value));
            case Not(Condition condition) -> !condition.test(value);
        };
    }

    private boolean testElement(DocumentValue element) {
        return switch (this) {
            case ElementMatches(Filter filter) ->
                (element instanceof ObjectValue || element instanceof ArrayValue) && filter.matches(element);
            case ElementHolds(List<Condition> conditions) ->
                conditions.stream().allMatch(condition -> condition.test(element));
            default -> false;
        };
    }

    private static boolean compares(@Nullable DocumentValue value, Comparison comparison, DocumentValue operand) {
        if (ValueOrder.kind(value) != ValueOrder.kind(operand)) {
            return false;
        }
        int order = ValueOrder.compare(value, operand);
        return switch (comparison) {
            case EQUAL -> order == 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    private static boolean modulo(@Nullable DocumentValue value, long divisor, long remainder) {
        return switch (value) {
            case IntegerValue(long number) -> number % divisor == remainder;
            // Beyond 64 bits there is no whole number to divide.
            case DoubleValue(double number) when Math.abs(number) < 0x1p63 -> (long) number % divisor == remainder;
            case null, default -> false;
        };
    }

    private static boolean bits(@Nullable DocumentValue value, Bits bits) {
        return switch (value) {
            case IntegerValue(long number) -> bits.holds(number);
            case DoubleValue(double number)
            when number == Math.rint(number) && Math.abs(number) < 0x1p63 -> bits.holds((long) number);
            case null, default -> false;
        };
    }

    /** The values of which the one value at a path must equal one, as far as the condition says so by itself. */
    default @Nullable List<DocumentValue> oneOf() {
        return switch (this) {
            case Compare(Comparison comparison, DocumentValue operand)
            when comparison == Comparison.EQUAL -> List.of(operand);
            case In(List<DocumentValue> values) -> values;
            case Every(List<Condition> conditions) ->
                conditions.stream()
                        .map(Condition::oneOf)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
            default -> null;
        };
    }
}

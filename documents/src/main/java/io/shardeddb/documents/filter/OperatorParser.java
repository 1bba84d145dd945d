package io.shardeddb.documents.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.shardeddb.documents.filter.Condition.Comparison;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.documents.value.Place;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the operators that stand next to one path. */
final class OperatorParser {

    /** Characters of a regular expression, at most. */
    static final int MAX_PATTERN = 1_000;

    /** Values of a list of {@code $in}, {@code $nin} and {@code $all}, at most. */
    static final int MAX_VALUES = 10_000;

    private static final String OPERATORS = "$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $not, $exists, $type, $regex"
            + " with $options, $size, $all, $elemMatch, $mod, $bitsAllSet, $bitsAllClear, $bitsAnySet, $bitsAnyClear";

    private final FilterParser filters;
    private final ObjectValue object;
    private final Place place;
    private final int depth;

    /** @param depth filters and conditions around these */
    OperatorParser(FilterParser filters, ObjectValue object, Place place, int depth) {
        this.filters = filters;
        this.object = object;
        this.place = place;
        this.depth = depth;
    }

    Condition all() {
        List<Condition> conditions = list();
        return conditions.size() == 1 ? conditions.getFirst() : new Condition.Every(conditions);
    }

    private List<Condition> list() {
        List<Condition> conditions = new ArrayList<>();
        for (Map.Entry<String, DocumentValue> member : object.members().entrySet()) {
            String name = member.getKey();
            Place at = place.then(name);
            filters.count(at, depth);
            Condition condition = one(name, member.getValue(), at);
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return conditions;
    }

    /** @return null: it belongs to another one */
    private @Nullable Condition one(String name, DocumentValue operand, Place at) {
        return switch (name) {
            case "$eq" -> new Condition.Compare(Comparison.EQUAL, operand);
            case "$ne" -> new Condition.Not(new Condition.Compare(Comparison.EQUAL, operand));
            case "$gt" -> new Condition.Compare(Comparison.GREATER, operand);
            case "$gte" -> new Condition.Compare(Comparison.GREATER_OR_EQUAL, operand);
            case "$lt" -> new Condition.Compare(Comparison.LESS, operand);
            case "$lte" -> new Condition.Compare(Comparison.LESS_OR_EQUAL, operand);
            case "$in" -> in(operand, at);
            case "$nin" -> new Condition.Not(in(operand, at));
            case "$not" -> new Condition.Not(not(operand, at));
            case "$exists" -> exists(operand, at) ? new Condition.Exists() : new Condition.Not(new Condition.Exists());
            case "$type" -> new Condition.Type(types(operand, at));
            case "$regex" -> new Condition.Regex(pattern(object, place));
            case "$options" -> {
                if (object.get("$regex") == null) {
                    throw FilterParser.refuse(at, "needs a $regex next to it");
                }
                yield null;
            }
            case "$size" -> new Condition.Size(whole(operand, at, 0));
            case "$all" -> every(operand, at);
            case "$elemMatch" -> element(operand, at);
            case "$mod" -> modulo(operand, at);
            case "$bitsAllSet" -> new Condition.Bits(Condition.BitTest.ALL_SET, bits(operand, at));
            case "$bitsAllClear" -> new Condition.Bits(Condition.BitTest.ALL_CLEAR, bits(operand, at));
            case "$bitsAnySet" -> new Condition.Bits(Condition.BitTest.ANY_SET, bits(operand, at));
            case "$bitsAnyClear" -> new Condition.Bits(Condition.BitTest.ANY_CLEAR, bits(operand, at));
            default -> throw FilterParser.refuse(at, "unknown operator; here are allowed: " + OPERATORS);
        };
    }

    private List<DocumentValue> values(DocumentValue operand, Place at) {
        if (!(operand instanceof ArrayValue(List<DocumentValue> values))) {
            throw FilterParser.refuse(at, "needs an array, not " + operand.typeInWords());
        }
        if (values.size() > MAX_VALUES) {
            throw FilterParser.refuse(at, "has " + values.size() + " values, at most " + MAX_VALUES + " are allowed");
        }
        return values;
    }

    /** Values, and regular expressions among them. */
    private Condition in(DocumentValue operand, Place at) {
        List<DocumentValue> plain = new ArrayList<>();
        List<Condition> conditions = new ArrayList<>();
        List<DocumentValue> values = values(operand, at);
        for (int i = 0; i < values.size(); i++) {
            Condition regex = regex(values.get(i), at.then(i));
            if (regex == null) {
                plain.add(values.get(i));
            } else {
                conditions.add(regex);
            }
        }
        if (conditions.isEmpty()) {
            return new Condition.In(plain);
        }
        conditions.add(new Condition.In(plain));
        return new Condition.Any(conditions);
    }

    /** A regular expression in a list; null: a value. Other operators are refused there. */
    private @Nullable Condition regex(DocumentValue value, Place at) {
        if (!(value instanceof ObjectValue candidate) || !FilterParser.isOperators(candidate, at)) {
            return null;
        }
        if (candidate.get("$regex") == null
                || !Set.of("$regex", "$options").containsAll(candidate.members().keySet())) {
            throw FilterParser.refuse(at, "in a list, of all operators only $regex with $options is allowed");
        }
        filters.count(at, depth);
        return new Condition.Regex(pattern(candidate, at));
    }

    private Condition not(DocumentValue operand, Place at) {
        if (operand instanceof ObjectValue inner && FilterParser.isOperators(inner, at)) {
            return filters.operators(inner, at, depth + 1);
        }
        throw FilterParser.refuse(at, "needs an object of operators, not " + operand.typeInWords());
    }

    private static boolean exists(DocumentValue operand, Place at) {
        return switch (operand) {
            case BooleanValue(boolean value) -> value;
            case NullValue _ -> false;
            case IntegerValue(long value) -> value != 0;
            case DoubleValue(double value) -> value != 0;
            default -> throw FilterParser.refuse(at, "needs true or false, not " + operand.typeInWords());
        };
    }

    private static Set<ValueType> types(DocumentValue operand, Place at) {
        Set<ValueType> types = EnumSet.noneOf(ValueType.class);
        List<DocumentValue> named = operand instanceof ArrayValue(List<DocumentValue> list) ? list : List.of(operand);
        if (named.isEmpty()) {
            throw FilterParser.refuse(at, "names no type");
        }
        for (DocumentValue each : named) {
            types.add((switch (each) {
                        case TextValue(String name) -> ValueType.of(name);
                        case IntegerValue(long number) -> ValueType.of(number);
                        case DoubleValue(double number) when number == Math.rint(number) -> ValueType.of((long) number);
                        default -> Optional.<ValueType>empty();
                    })
                    .orElseThrow(() -> FilterParser.refuse(
                            at,
                            "unknown type " + each.toJson() + "; allowed are BSON's numbers of types, and "
                                    + String.join(", ", ValueType.names()))));
        }
        return types;
    }

    private static Pattern pattern(ObjectValue operators, Place place) {
        Place at = place.then("$regex");
        DocumentValue regex = operators.get("$regex");
        if (!(regex instanceof TextValue(String text))) {
            throw FilterParser.refuse(at, "needs a text");
        }
        if (text.length() > MAX_PATTERN) {
            throw FilterParser.refuse(
                    at, "has " + text.length() + " characters, at most " + MAX_PATTERN + " are allowed");
        }
        try {
            return RegexSize.compile(text, flags(operators.get("$options"), place.then("$options")));
        } catch (RegexSize.TooLarge e) {
            throw FilterParser.refuse(at, "repeats too much: more than " + RegexSize.MAX_STEPS + " steps");
        } catch (PatternSyntaxException e) {
            throw FilterParser.refuse(at, "is no regular expression in RE2's syntax: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw FilterParser.refuse(at, "is nested too deeply");
        }
    }

    private static int flags(@Nullable DocumentValue options, Place at) {
        if (options == null) {
            return 0;
        }
        if (!(options instanceof TextValue(String letters))) {
            throw FilterParser.refuse(at, "needs a text of the letters i, m and s");
        }
        int flags = 0;
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            flags |= switch (letter) {
                case 'i' -> Pattern.CASE_INSENSITIVE;
                case 'm' -> Pattern.MULTILINE;
                case 's' -> Pattern.DOTALL;
                default -> throw FilterParser.refuse(at, "unknown letter '" + letter + "'; allowed are i, m and s");
            };
        }
        return flags;
    }

    private static long whole(DocumentValue operand, Place at, long least) {
        long number = switch (operand) {
            case IntegerValue(long value) -> value;
            case DoubleValue(double value) when value == Math.rint(value) && Math.abs(value) < 0x1p53 -> (long) value;
            default -> throw FilterParser.refuse(at, "needs a whole number, not " + operand.toJson());
        };
        if (number < least) {
            throw FilterParser.refuse(at, "is " + number + ", at least " + least + " is allowed");
        }
        return number;
    }

    /** No value at all matches nothing. */
    private Condition every(DocumentValue operand, Place at) {
        List<Condition> conditions = new ArrayList<>();
        List<DocumentValue> values = values(operand, at);
        for (int i = 0; i < values.size(); i++) {
            Place in = at.then(i);
            filters.count(in, depth);
            DocumentValue value = values.get(i);
            DocumentValue element = value instanceof ObjectValue each ? each.get("$elemMatch") : null;
            Condition regex = element == null ? regex(value, in) : null;
            conditions.add(
                    element != null
                            ? element(element, in.then("$elemMatch"))
                            : regex != null ? regex : new Condition.Compare(Comparison.EQUAL, value));
        }
        return conditions.isEmpty() ? new Condition.In(List.of()) : new Condition.Every(conditions);
    }

    /** An object of operators is for the element itself, any other one is a filter of it. */
    private Condition element(DocumentValue operand, Place at) {
        if (!(operand instanceof ObjectValue inner)) {
            throw FilterParser.refuse(at, "needs an object, not " + operand.typeInWords());
        }
        boolean logical = inner.members().keySet().stream()
                .anyMatch(name -> Set.of("$and", "$or", "$nor", "$comment").contains(name));
        if (!logical && FilterParser.isOperators(inner, at)) {
            filters.count(at, depth + 1);
            return new Condition.ElementHolds(new OperatorParser(filters, inner, at, depth + 1).list());
        }
        return new Condition.ElementMatches(filters.elementFilter(inner, at, depth + 1));
    }

    private static Condition modulo(DocumentValue operand, Place at) {
        if (!(operand instanceof ArrayValue(List<DocumentValue> numbers)) || numbers.size() != 2) {
            throw FilterParser.refuse(at, "needs an array of a divisor and a remainder");
        }
        long divisor = truncated(numbers.getFirst(), at.then(0));
        if (divisor == 0) {
            throw FilterParser.refuse(at.then(0), "cannot divide by 0");
        }
        return new Condition.Modulo(divisor, truncated(numbers.getLast(), at.then(1)));
    }

    /** Positions, or the bits that are set in a number. */
    private static List<Integer> bits(DocumentValue operand, Place at) {
        List<Integer> positions = new ArrayList<>();
        if (operand instanceof ArrayValue(List<DocumentValue> named)) {
            for (int i = 0; i < named.size(); i++) {
                positions.add((int) Math.min(whole(named.get(i), at.then(i), 0), Long.SIZE));
            }
            return positions;
        }
        long mask = whole(operand, at, 0);
        for (int position = 0; position < Long.SIZE; position++) {
            if ((mask >> position & 1) == 1) {
                positions.add(position);
            }
        }
        return positions;
    }

    private static long truncated(DocumentValue number, Place at) {
        return switch (number) {
            case IntegerValue(long value) -> value;
            case DoubleValue(double value) when Math.abs(value) < 0x1p63 -> (long) value;
            default -> throw FilterParser.refuse(at, "needs a number of 64 bits, not " + number.toJson());
        };
    }
}

package io.shardeddb.documents.expression;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The operators of expressions that are functions of their operands' values. */
final class Operators {

    /** An operator: how many operands it takes, and what it does with them. */
    record Operator(int least, int most, Expression.Function function) {

        /** The number of operands that is allowed, in words. */
        String allowed() {
            return least == most ? Integer.toString(least) : most == ANY ? least + " or more" : least + " to " + most;
        }
    }

    private static final int ANY = Integer.MAX_VALUE;

    private static final Map<String, Operator> ALL = Map.ofEntries(
            Map.entry("$add", new Operator(0, ANY, Numbers::add)),
            Map.entry("$multiply", new Operator(0, ANY, Numbers::multiply)),
            Map.entry("$subtract", new Operator(2, 2, Numbers::subtract)),
            Map.entry("$divide", new Operator(2, 2, Numbers::divide)),
            Map.entry("$mod", new Operator(2, 2, Numbers::mod)),
            Map.entry("$abs", new Operator(1, 1, Numbers::abs)),
            Map.entry("$floor", new Operator(1, 1, (of, at) -> Numbers.rounded(of.getFirst(), false, at))),
            Map.entry("$ceil", new Operator(1, 1, (of, at) -> Numbers.rounded(of.getFirst(), true, at))),
            Map.entry("$concat", new Operator(0, ANY, Texts::concat)),
            Map.entry("$toLower", new Operator(1, 1, Texts::lower)),
            Map.entry("$toUpper", new Operator(1, 1, Texts::upper)),
            Map.entry("$toString", new Operator(1, 1, Texts::string)),
            Map.entry("$substrCP", new Operator(3, 3, Texts::part)),
            Map.entry("$strLenCP", new Operator(1, 1, Texts::length)),
            Map.entry("$eq", comparison(order -> order == 0)),
            Map.entry("$ne", comparison(order -> order != 0)),
            Map.entry("$gt", comparison(order -> order > 0)),
            Map.entry("$gte", comparison(order -> order >= 0)),
            Map.entry("$lt", comparison(order -> order < 0)),
            Map.entry("$lte", comparison(order -> order <= 0)),
            Map.entry("$cmp", new Operator(2, 2, Operators::sign)),
            Map.entry("$not", new Operator(1, 1, (of, _) -> new DocumentValue.BooleanValue(!Truth.of(of.getFirst())))),
            Map.entry("$size", new Operator(1, 1, Arrays::size)),
            Map.entry("$arrayElemAt", new Operator(2, 2, Arrays::at)),
            Map.entry("$in", new Operator(2, 2, Arrays::in)),
            Map.entry("$concatArrays", new Operator(0, ANY, Arrays::concat)),
            Map.entry("$mergeObjects", new Operator(0, ANY, Arrays::merge)),
            Map.entry("$isArray", new Operator(1, 1, Operators::isArray)),
            Map.entry(
                    "$type", new Operator(1, 1, (of, _) -> new DocumentValue.TextValue(TypeNames.of(of.getFirst())))));

    private Operators() {}

    /** The operator of a name; null if there is none. */
    static @Nullable Operator of(String name) {
        return ALL.get(name);
    }

    /** All names, with those that the parser knows by itself. */
    static SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(new TreeMap<>(ALL).keySet());
        names.addAll(List.of("$literal", "$cond", "$ifNull", "$and", "$or"));
        return names;
    }

    private static DocumentValue sign(List<@Nullable DocumentValue> operands, Spot place) {
        return new DocumentValue.IntegerValue(Integer.signum(order(operands)));
    }

    private static DocumentValue isArray(List<@Nullable DocumentValue> operands, Spot place) {
        return new DocumentValue.BooleanValue(operands.getFirst() instanceof DocumentValue.ArrayValue);
    }

    private static Operator comparison(IntPredicate holds) {
        return new Operator(2, 2, (of, _) -> new DocumentValue.BooleanValue(holds.test(order(of))));
    }

    private static int order(List<@Nullable DocumentValue> operands) {
        return Arrays.compare(operands.get(0), operands.get(1));
    }
}

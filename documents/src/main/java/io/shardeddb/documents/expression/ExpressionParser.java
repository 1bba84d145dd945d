package io.shardeddb.documents.expression;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads expressions. */
public final class ExpressionParser {

    private static final String ROOT = "$$ROOT";
    private static final String CURRENT = "$$CURRENT";

    private ExpressionParser() {}

    /**
     * Reads an expression: {@code "$a.b"} is a field, {@code {"$add": [...]}} an operator. Other objects and arrays
     * hold expressions, and everything else is itself.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException with the place of what is wrong
     */
    public static Expression parse(DocumentValue json, Spot place) {
        return switch (json) {
            case DocumentValue.TextValue(String text) when text.startsWith("$") -> field(text, place);
            case DocumentValue.ArrayValue array -> new Expression.Elements(each(array.elements(), place));
            case DocumentValue.ObjectValue object -> object(object.members(), place);
            default -> new Expression.Constant(json);
        };
    }

    /** Whether an object is an operator with its operands, and not an object of expressions. */
    public static boolean isOperator(DocumentValue.ObjectValue object) {
        return object.members().keySet().stream().anyMatch(name -> name.startsWith("$"));
    }

    private static Expression object(SortedMap<String, DocumentValue> members, Spot place) {
        if (members.keySet().stream().noneMatch(name -> name.startsWith("$"))) {
            Map<String, Expression> expressions = new TreeMap<>();
            members.forEach((name, json) -> {
                if (name.isEmpty() || name.indexOf('.') >= 0) {
                    throw place.member(name).error("a member's name in an expression is not empty and has no dot");
                }
                expressions.put(name, parse(json, place.member(name)));
            });
            return new Expression.Members(expressions);
        }
        if (members.size() != 1) {
            throw place.error("an operator stands alone in its object, not among " + members.size() + " members");
        }
        Map.Entry<String, DocumentValue> only = members.firstEntry();
        return operator(only.getKey(), only.getValue(), place.member(only.getKey()));
    }

    private static Expression operator(String name, DocumentValue json, Spot place) {
        return switch (name) {
            case "$literal" -> new Expression.Constant(json);
            case "$cond" -> choice(json, place);
            case "$and", "$or" -> new Expression.Junction(name.equals("$and"), operands(json, place));
            case "$ifNull" -> {
                List<Expression> operands = operands(json, place);
                if (operands.size() < 2) {
                    throw place.error("2 or more operands are needed, not " + operands.size());
                }
                yield new Expression.FirstPresent(operands);
            }
            default -> call(name, json, place);
        };
    }

    private static Expression call(String name, DocumentValue json, Spot place) {
        Operators.Operator operator = Operators.of(name);
        if (operator == null) {
            throw place.error("no such operator; allowed are " + String.join(", ", Operators.names()));
        }
        List<Expression> operands = operands(json, place);
        if (operands.size() < operator.least() || operands.size() > operator.most()) {
            throw place.error("the number of operands must be " + operator.allowed() + ", not " + operands.size());
        }
        return new Expression.Call(operator.function(), operands, place);
    }

    private static Expression choice(DocumentValue json, Spot place) {
        if (json instanceof DocumentValue.ArrayValue array && array.elements().size() == 3) {
            List<Expression> parts = each(array.elements(), place);
            return new Expression.Choice(parts.get(0), parts.get(1), parts.get(2));
        }
        if (json instanceof DocumentValue.ObjectValue object
                && object.members().keySet().equals(java.util.Set.of("if", "then", "else"))) {
            return new Expression.Choice(
                    part(object, "if", place), part(object, "then", place), part(object, "else", place));
        }
        throw place.error("an array of three expressions is needed, or an object with if, then and else");
    }

    private static Expression part(DocumentValue.ObjectValue object, String name, Spot place) {
        DocumentValue json = object.members().get(name);
        return json == null ? new Expression.Missing() : parse(json, place.member(name));
    }

    private static List<Expression> operands(DocumentValue json, Spot place) {
        return json instanceof DocumentValue.ArrayValue array
                ? each(array.elements(), place)
                : List.of(parse(json, place));
    }

    private static List<Expression> each(List<DocumentValue> elements, Spot place) {
        List<Expression> expressions = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            expressions.add(parse(elements.get(i), place.element(i)));
        }
        return List.copyOf(expressions);
    }

    private static Expression field(String text, Spot place) {
        if (text.equals("$$REMOVE")) {
            return new Expression.Missing();
        }
        String path = text.substring(1);
        if (text.startsWith("$$")) {
            if (text.equals(ROOT) || text.equals(CURRENT)) {
                return new Expression.Field(List.of());
            }
            if (!text.startsWith(ROOT + ".") && !text.startsWith(CURRENT + ".")) {
                throw place.error("no such variable: " + Spot.cut(text) + "; allowed are $$ROOT, $$CURRENT, $$REMOVE");
            }
            path = text.substring(text.indexOf('.') + 1);
        }
        return new Expression.Field(names(path, place));
    }

    /**
     * The names of a path in an expression or a stage.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException if one is empty or begins with {@code $}
     */
    public static List<String> names(String path, Spot place) {
        List<String> names = List.of(path.split("\\.", -1));
        for (String name : names) {
            if (name.isEmpty() || name.startsWith("$") || name.indexOf('\0') >= 0) {
                throw place.error("\"" + Spot.cut(path)
                        + "\" is no path: its names are not empty, have no zero byte and do not begin with $");
            }
        }
        return names;
    }
}

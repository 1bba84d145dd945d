package io.shardeddb.documents.sql;

import io.shardeddb.documents.filter.Condition;
import io.shardeddb.documents.filter.Condition.Comparison;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.filter.ValueType;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compiles one filter. An empty result says nothing: every document may be meant. */
final class NarrowingCompiler {

    private static final String NUMBERS = " IN ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL')";

    /** Each level costs the database a look into the document. */
    private static final int MAX_LEVELS = 8;

    private final String column;
    private final List<String> left = new ArrayList<>();

    NarrowingCompiler(String column) {
        this.column = column;
    }

    /** What nothing was said about. */
    List<String> left() {
        return left;
    }

    Optional<SqlPart> filter(Filter filter) {
        return switch (filter) {
            case Filter.And(List<Filter> filters) ->
                some(filters.stream().map(this::filter).toList());
            case Filter.Or(List<Filter> filters) ->
                all(filters.stream().map(this::filter).toList());
            // What is not meant by a condition that lets too much through is not known to be meant.
            case Filter.Nor _ -> leave("$nor");
            case Filter.Field(DocumentPath path, Condition condition) ->
                isPlain(path) ? condition(path, condition) : leave("the path " + path.text());
        };
    }

    private Optional<SqlPart> leave(String what) {
        left.add(what);
        return Optional.empty();
    }

    /** All must hold: what says nothing is left out. */
    private static Optional<SqlPart> some(List<Optional<SqlPart>> parts) {
        List<SqlPart> said = parts.stream().flatMap(Optional::stream).toList();
        return said.isEmpty() ? Optional.empty() : Optional.of(SqlPart.joined("AND", said));
    }

    /** One must hold: if one says nothing, none does. */
    private static Optional<SqlPart> all(List<Optional<SqlPart>> parts) {
        boolean said = !parts.isEmpty() && parts.stream().allMatch(Optional::isPresent);
        return said
                ? Optional.of(SqlPart.joined(
                        "OR", parts.stream().flatMap(Optional::stream).toList()))
                : Optional.empty();
    }

    /**
     * Whether databases name members as we do. A number may be an index, and names that need escapes are read in more
     * than one way.
     */
    private static boolean isPlain(DocumentPath path) {
        return path.parts().size() <= MAX_LEVELS
                && path.parts().stream()
                        .allMatch(part -> !part.isEmpty()
                                && DocumentPath.index(part) < 0
                                && needsNoEscape(part)
                                && part.chars().allMatch(c -> c < 0x7F));
    }

    private static boolean needsNoEscape(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\');
    }

    private Optional<SqlPart> condition(DocumentPath path, Condition condition) {
        return switch (condition) {
            case Condition.Every(List<Condition> conditions) ->
                some(conditions.stream().map(each -> condition(path, each)).toList());
            case Condition.Any(List<Condition> conditions) ->
                all(conditions.stream().map(each -> condition(path, each)).toList());
            case Condition.Not _ -> leave("a negation at " + path.text());
            case Condition.In(List<DocumentValue> values) -> in(path, values);
            case Condition.Compare(Comparison comparison, DocumentValue operand) ->
                compare(path, comparison, operand)
                        .map(part -> orArray(path, part))
                        .or(() -> leave("a comparison at " + path.text() + " with " + operand.typeInWords()));
            case Condition.Exists _ -> Optional.of(orArray(path, value("%s IS NOT NULL", path)));
            case Condition.Regex _ -> Optional.of(orArray(path, value("JSON_TYPE(%s) = 'STRING'", path)));
            case Condition.Modulo _, Condition.Bits _ ->
                Optional.of(orArray(path, value("JSON_TYPE(%s)" + NUMBERS, path)));
            case Condition.Size _, Condition.ElementMatches _, Condition.ElementHolds _ ->
                Optional.of(SqlPart.joined("OR", arrays(path)));
            case Condition.Type(Set<ValueType> types) -> Optional.of(type(path, types));
        };
    }

    private Optional<SqlPart> in(DocumentPath path, List<DocumentValue> values) {
        if (values.isEmpty()) {
            return Optional.of(SqlPart.of("FALSE"));
        }
        return all(values.stream()
                        .map(value -> compare(path, Comparison.EQUAL, value))
                        .toList())
                .map(part -> orArray(path, part))
                .or(() -> leave("a list at " + path.text()));
    }

    /** What the database says of the type of a value. Kinds of numbers are left to the filter. */
    private SqlPart type(DocumentPath path, Set<ValueType> types) {
        List<SqlPart> parts = types.stream()
                .sorted()
                .map(NarrowingCompiler::typeName)
                .filter(name -> !name.isEmpty())
                .distinct()
                .map(name -> value("JSON_TYPE(%s)" + name, path))
                .toList();
        return parts.isEmpty() ? SqlPart.joined("OR", arrays(path)) : orArray(path, SqlPart.joined("OR", parts));
    }

    private static String typeName(ValueType type) {
        return switch (type) {
            case STRING -> " = 'STRING'";
            case OBJECT -> " = 'OBJECT'";
            case BOOLEAN -> " = 'BOOLEAN'";
            case NULL -> " = 'NULL'";
            case NUMBER, INT, LONG, DOUBLE -> NUMBERS;
            // An array is let through in any case. The others are no types of JSON.
            case ARRAY, BINARY, OBJECT_ID, DATE, REGEX, JAVASCRIPT, TIMESTAMP, DECIMAL -> "";
        };
    }

    /** What a single value at the path must be, if there is no array. */
    private Optional<SqlPart> compare(DocumentPath path, Comparison comparison, DocumentValue operand) {
        return switch (operand) {
            case TextValue(String text) -> Optional.of(text(path, comparison, text));
            case IntegerValue(long number) -> Optional.of(number(path, comparison, (double) number));
            case DoubleValue(double number) -> Optional.of(number(path, comparison, number));
            case BooleanValue(boolean bool)
            when comparison == Comparison.EQUAL -> Optional.of(value("JSON_UNQUOTE(%s) = '" + bool + "'", path));
            case NullValue _
            when comparison == Comparison.EQUAL ->
                Optional.of(SqlPart.joined(
                        "OR", List.of(value("%s IS NULL", path), value("JSON_TYPE(%s) = 'NULL'", path))));
            default -> Optional.empty();
        };
    }

    /**
     * Texts are compared by their bytes. MariaDB loses characters beyond 16 bits when it takes the quotes off, so such
     * texts, and the order of texts, are left to the filter.
     */
    private SqlPart text(DocumentPath path, Comparison comparison, String text) {
        boolean plain = needsNoEscape(text) && text.chars().noneMatch(c -> Character.isSurrogate((char) c));
        return comparison == Comparison.EQUAL && plain
                ? with(value("CAST(JSON_UNQUOTE(%s) AS BINARY) = CAST(? AS BINARY)", path), text)
                : value("JSON_TYPE(%s) = 'STRING'", path);
    }

    /** Numbers are compared as doubles. Rounding keeps their order, but may make different ones equal. */
    private SqlPart number(DocumentPath path, Comparison comparison, double number) {
        String sign = switch (comparison) {
            case EQUAL -> "=";
            case LESS, LESS_OR_EQUAL -> "<=";
            case GREATER, GREATER_OR_EQUAL -> ">=";
        };
        return SqlPart.joined(
                "AND",
                List.of(
                        value("JSON_TYPE(%s)" + NUMBERS, path),
                        with(value("JSON_UNQUOTE(%s) + 0E0 " + sign + " ?", path), number)));
    }

    /** A filter also looks into arrays at the path and on the way to it. They are let through. */
    private SqlPart orArray(DocumentPath path, SqlPart part) {
        List<SqlPart> parts = new ArrayList<>(arrays(path));
        parts.addFirst(part);
        return SqlPart.joined("OR", parts);
    }

    private List<SqlPart> arrays(DocumentPath path) {
        List<SqlPart> arrays = new ArrayList<>();
        for (int levels = path.parts().size(); levels > 0; levels--) {
            arrays.add(value(
                    "JSON_TYPE(%s) = 'ARRAY'", new DocumentPath(path.parts().subList(0, levels))));
        }
        return arrays;
    }

    private SqlPart value(String form, DocumentPath path) {
        StringBuilder named = new StringBuilder("$");
        path.parts().forEach(part -> named.append(".\"").append(part).append('"'));
        return SqlPart.of(form.replace("%s", "JSON_EXTRACT(" + column + ", ?)"), named.toString());
    }

    private static SqlPart with(SqlPart part, Object parameter) {
        List<Object> parameters = new ArrayList<>(part.parameters());
        parameters.add(parameter);
        return new SqlPart(part.sql(), parameters);
    }
}

package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.expression.Expression;
import io.shardeddb.documents.expression.ExpressionParser;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the stages of a pipeline. */
final class StageParser {

    private static final String ALLOWED = "$addFields, $count, $group, $limit, $match, $project, $replaceRoot,"
            + " $replaceWith, $set, $skip, $sort, $sortByCount, $unset, $unwind";
    private static final String COUNT = "count";

    private StageParser() {}

    static List<Stage> stages(@Nullable Object json, Place place) {
        Spot spot = new Spot(ErrorCode.INVALID_PIPELINE, place);
        if (!(json instanceof List<?> list)) {
            throw spot.error("a list of stages is needed, such as [{\"$match\": {}}]");
        }
        if (list.size() > Pipeline.MOST_STAGES) {
            throw spot.error(list.size() + " stages, at most " + Pipeline.MOST_STAGES + " are allowed");
        }
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof Map<?, ?> stage) || stage.size() != 1) {
                throw spot.element(i).error("a stage is an object with one member, such as {\"$limit\": 5}");
            }
            Map.Entry<?, ?> only = stage.entrySet().iterator().next();
            String name = (String) only.getKey();
            Spot at = spot.element(i).member(name);
            if (name.equals("$sort")) {
                stages.add(new Stage.Sort(SortOrder.parse(only.getValue(), at)));
            } else {
                stages.addAll(stage(name, DocumentValue.ofJava(only.getValue()), at));
            }
        }
        return stages;
    }

    private static List<Stage> stage(String name, DocumentValue json, Spot spot) {
        return switch (name) {
            case "$match" -> List.of(new Stage.Match(Filter.parse(json, spot.place())));
            case "$project" -> List.of(new Stage.Reshape(Projection.ofStage(json, spot)));
            case "$addFields", "$set" -> List.of(new Stage.Reshape(Projection.adding(json, spot)));
            case "$unset" -> List.of(new Stage.Reshape(Projection.without(paths(json, spot))));
            case "$limit" -> List.of(new Stage.Limit(whole(json, 1, spot)));
            case "$skip" -> List.of(new Stage.Skip(whole(json, 0, spot)));
            case "$count" -> List.of(new Stage.Count(member(json, spot)));
            case "$unwind" -> List.of(unwind(json, spot));
            case "$group" -> List.of(group(json, spot));
            case "$sortByCount" -> sortByCount(json, spot);
            case "$replaceWith" -> List.of(new Stage.Replace(ExpressionParser.parse(json, spot), spot));
            case "$replaceRoot" -> List.of(replaceRoot(json, spot));
            default -> throw spot.error("no such stage; allowed are " + ALLOWED);
        };
    }

    private static Stage replaceRoot(DocumentValue json, Spot spot) {
        DocumentValue root =
                json instanceof ObjectValue object && object.members().size() == 1 ? object.get("newRoot") : null;
        if (root == null) {
            throw spot.error("an object with newRoot alone is needed");
        }
        Spot at = spot.member("newRoot");
        return new Stage.Replace(ExpressionParser.parse(root, at), at);
    }

    private static List<Stage> sortByCount(DocumentValue json, Spot spot) {
        boolean computed = (json instanceof TextValue(String text) && text.startsWith("$"))
                || (json instanceof ObjectValue object && ExpressionParser.isOperator(object));
        if (!computed) {
            throw spot.error("a field such as \"$city\" is needed, or an expression with an operator");
        }
        Expression one = new Expression.Constant(DocumentValue.of(1L));
        return List.of(
                new Stage.Group(
                        ExpressionParser.parse(json, spot), Map.of(COUNT, new Stage.Accumulation("$sum", one)), spot),
                new Stage.Sort(new SortOrder(List.of(new SortOrder.Part(List.of(COUNT), true)))));
    }

    private static Stage group(DocumentValue json, Spot spot) {
        DocumentValue key = json instanceof ObjectValue given ? given.get(DocumentId.NAME) : null;
        if (!(json instanceof ObjectValue object) || key == null) {
            throw spot.error("an object with _id is needed, which is the key of a group; null makes one group of all");
        }
        Map<String, Stage.Accumulation> members = new TreeMap<>();
        object.members().forEach((name, accumulator) -> {
            if (!name.equals(DocumentId.NAME)) {
                Spot at = spot.member(name);
                if (name.isEmpty() || name.startsWith("$") || name.indexOf('.') >= 0) {
                    throw at.error("the name of a member is not empty, has no dot and does not begin with $");
                }
                members.put(name, accumulation(accumulator, at));
            }
        });
        return new Stage.Group(ExpressionParser.parse(key, spot.member(DocumentId.NAME)), members, spot);
    }

    private static Stage.Accumulation accumulation(DocumentValue json, Spot spot) {
        if (json instanceof ObjectValue object && object.members().size() == 1) {
            Map.Entry<String, DocumentValue> only = object.members().firstEntry();
            if (Accumulator.NAMES.contains(only.getKey())) {
                boolean counts = only.getKey().equals("$count");
                if (counts && !only.getValue().equals(ObjectValue.EMPTY)) {
                    throw spot.member("$count").error("an empty object is needed");
                }
                DocumentValue value = counts ? DocumentValue.of(1L) : only.getValue();
                return new Stage.Accumulation(only.getKey(), ExpressionParser.parse(value, spot.member(only.getKey())));
            }
        }
        throw spot.error("an object with one accumulator is needed, one of " + String.join(", ", Accumulator.NAMES));
    }

    private static Stage unwind(DocumentValue json, Spot spot) {
        if (json instanceof TextValue) {
            return new Stage.Unwind(field(json, spot), null, false);
        }
        if (!(json instanceof ObjectValue object)) {
            throw spot.error("a field such as \"$tags\" is needed, or an object with path");
        }
        for (String name : object.members().keySet()) {
            if (!Set.of("path", "includeArrayIndex", "preserveNullAndEmptyArrays")
                    .contains(name)) {
                throw spot.member(name).error("allowed are path, includeArrayIndex and preserveNullAndEmptyArrays");
            }
        }
        DocumentValue index = object.get("includeArrayIndex");
        DocumentValue keeps = object.get("preserveNullAndEmptyArrays");
        if (keeps != null && !(keeps instanceof BooleanValue)) {
            throw spot.member("preserveNullAndEmptyArrays").error("true or false is needed");
        }
        return new Stage.Unwind(
                field(object.get("path"), spot.member("path")),
                index == null ? null : path(index, spot.member("includeArrayIndex")),
                keeps instanceof BooleanValue(boolean kept) && kept);
    }

    private static List<String> field(@Nullable DocumentValue json, Spot spot) {
        if (json instanceof TextValue(String text) && text.startsWith("$") && !text.startsWith("$$")) {
            return ExpressionParser.names(text.substring(1), spot);
        }
        throw spot.error("a field such as \"$tags\" is needed");
    }

    private static List<String> path(DocumentValue json, Spot spot) {
        if (json instanceof TextValue(String text)) {
            return ExpressionParser.names(text, spot);
        }
        throw spot.error("a path is needed, a text, not " + json.typeInWords());
    }

    private static String member(DocumentValue json, Spot spot) {
        List<String> names = path(json, spot);
        if (names.size() != 1) {
            throw spot.error("the name of a member has no dot");
        }
        return names.getFirst();
    }

    private static Map<List<String>, Spot> paths(DocumentValue json, Spot spot) {
        Map<List<String>, Spot> paths = new LinkedHashMap<>();
        if (json instanceof ArrayValue array && !array.elements().isEmpty()) {
            for (int i = 0; i < array.elements().size(); i++) {
                paths.put(path(array.elements().get(i), spot.element(i)), spot.element(i));
            }
        } else {
            paths.put(path(json, spot), spot);
        }
        return paths;
    }

    private static long whole(DocumentValue json, long least, Spot spot) {
        long number = switch (json) {
            case IntegerValue(long whole) -> whole;
            case DoubleValue(double real) when Math.rint(real) == real -> (long) real;
            default -> least - 1;
        };
        if (number < least) {
            throw spot.error("a whole number of at least " + least + " is needed");
        }
        return number;
    }
}

package io.shardeddb.documents.projection;

import io.shardeddb.documents.expression.ExpressionParser;
import io.shardeddb.documents.expression.TypeNames;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a projection, of which the first path with 1 or 0 says whether the others go or stay. */
final class ProjectionParser {

    private final boolean ofFind;
    private final ShapeTree tree = new ShapeTree();
    private @Nullable Boolean keepsOthers;
    private @Nullable Boolean id;

    ProjectionParser(boolean ofFind) {
        this.ofFind = ofFind;
    }

    Projection parse(DocumentValue json, Spot place) {
        if (!(json instanceof DocumentValue.ObjectValue object)) {
            throw place.error("an object such as {\"name\": 1} is needed, not " + TypeNames.described(json));
        }
        members(List.of(), object, place);
        boolean others = keepsOthers != null ? keepsOthers : id == null || !id;
        if (Boolean.TRUE.equals(id) && Boolean.TRUE.equals(keepsOthers)) {
            throw place.member("_id").error("what goes is named, so only 0 is allowed here: _id stays anyway");
        }
        if (id != null ? id != others : !others && !tree.has("_id")) {
            tree.put(List.of("_id"), new Shape.Kept(id == null || id), place.member("_id"));
        }
        return new Projection(tree.shape(others));
    }

    Projection adding(DocumentValue json, Spot place) {
        if (!(json instanceof DocumentValue.ObjectValue object)
                || object.members().isEmpty()) {
            throw place.error("an object with at least one path is needed");
        }
        additions(List.of(), object, place);
        return new Projection(tree.shape(true));
    }

    private void additions(List<String> before, DocumentValue.ObjectValue object, Spot place) {
        for (Map.Entry<String, DocumentValue> member : object.members().entrySet()) {
            Spot at = place.member(member.getKey());
            List<String> names = joined(before, ExpressionParser.names(member.getKey(), at));
            if (member.getValue() instanceof DocumentValue.ObjectValue inner
                    && !inner.members().isEmpty()
                    && !ExpressionParser.isOperator(inner)) {
                additions(names, inner, at);
            } else {
                tree.put(names, Projection.computed(ExpressionParser.parse(member.getValue(), at)), at);
            }
        }
    }

    private void members(List<String> before, DocumentValue.ObjectValue object, Spot place) {
        for (Map.Entry<String, DocumentValue> member : object.members().entrySet()) {
            Spot at = place.member(member.getKey());
            member(joined(before, ExpressionParser.names(member.getKey(), at)), member.getValue(), at);
        }
    }

    private void member(List<String> names, DocumentValue json, Spot place) {
        switch (json) {
            case DocumentValue.BooleanValue(boolean kept) -> kept(names, kept, place);
            case DocumentValue.IntegerValue(long number) -> kept(names, number != 0, place);
            case DocumentValue.DoubleValue(double number) -> kept(names, number != 0, place);
            case DocumentValue.ObjectValue object
            when object.members().isEmpty() ->
                throw place.error("an empty object says nothing; 1, 0, an expression or an object of paths is needed");
            case DocumentValue.ObjectValue object
            when ofFind && object.members().containsKey("$slice") -> {
                only(object, place);
                tree.put(names, slice(object.members().get("$slice"), place.member("$slice")), place);
            }
            case DocumentValue.ObjectValue object
            when ofFind && object.members().containsKey("$elemMatch") -> {
                only(object, place);
                decide(false, place);
                tree.put(names, firstMatch(object, place), place);
            }
            case DocumentValue.ObjectValue object
            when !ExpressionParser.isOperator(object) -> members(names, object, place);
            default -> {
                decide(false, place);
                tree.put(names, Projection.computed(ExpressionParser.parse(json, place)), place);
            }
        }
    }

    private void kept(List<String> names, boolean kept, Spot place) {
        if (names.equals(List.of("_id"))) {
            id = kept;
            return;
        }
        decide(!kept, place);
        tree.put(names, new Shape.Kept(kept), place);
    }

    private void decide(boolean others, Spot place) {
        if (keepsOthers != null && keepsOthers != others) {
            throw place.error(
                    others
                            ? "what stays is named before, so what goes cannot be named too, but for _id"
                            : "what goes is named before, so what stays cannot be named too");
        }
        keepsOthers = others;
    }

    private static Shape slice(@Nullable DocumentValue json, Spot place) {
        if (json instanceof DocumentValue.IntegerValue(long count)) {
            return count < 0 ? new Shape.Slice(count, Long.MAX_VALUE) : new Shape.Slice(0, count);
        }
        if (json instanceof DocumentValue.ArrayValue array
                && array.elements().size() == 2
                && array.elements().get(0) instanceof DocumentValue.IntegerValue(long skip)
                && array.elements().get(1) instanceof DocumentValue.IntegerValue(long limit)
                && limit > 0) {
            return new Shape.Slice(skip, limit);
        }
        throw place.error("a whole number is needed, or [skip, limit] with a limit above 0");
    }

    private static Shape firstMatch(DocumentValue.ObjectValue object, Spot place) {
        DocumentValue.ObjectValue filter = new DocumentValue.ObjectValue(new TreeMap<>(Map.of(Shape.ELEMENT, object)));
        return new Shape.FirstMatch(Filter.parse(filter, place.place()));
    }

    private static void only(DocumentValue.ObjectValue object, Spot place) {
        if (object.members().size() != 1) {
            throw place.error("the operator stands alone in its object");
        }
    }

    private static List<String> joined(List<String> before, List<String> names) {
        List<String> all = new ArrayList<>(before);
        all.addAll(names);
        return List.copyOf(all);
    }
}

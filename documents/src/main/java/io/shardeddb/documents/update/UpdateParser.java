package io.shardeddb.documents.update;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the operators of an update. */
final class UpdateParser {

    private static final String ALLOWED = "$addToSet, $bit, $inc, $max, $min, $mul, $pop, $pull, $pullAll, $push,"
            + " $pushAll, $rename, $set, $setOnInsert, $unset";

    private final Set<String> arrayFilters;
    private final ChangeTree conflicts = new ChangeTree();
    private final List<Change> changes = new ArrayList<>();

    private UpdateParser(Set<String> arrayFilters) {
        this.arrayFilters = arrayFilters;
    }

    /** @param arrayFilters the names of array filters, each of which must be used */
    static List<Change> parse(ObjectValue update, Spot spot, Set<String> arrayFilters) {
        UpdateParser parser = new UpdateParser(arrayFilters);
        update.members().forEach((operator, operands) -> parser.operator(operator, operands, spot.member(operator)));
        Set<String> unused = new TreeSet<>(arrayFilters);
        for (Change change : parser.changes) {
            if (change instanceof Change.At at) {
                at.path().steps().forEach(step -> {
                    if (step instanceof UpdatePath.Filtered(String name)) {
                        unused.remove(name);
                    }
                });
            }
        }
        if (!unused.isEmpty()) {
            throw Spot.of(ErrorCode.INVALID_UPDATE, "arrayFilters")
                    .error("no path of the update uses the array filters " + unused);
        }
        return List.copyOf(parser.changes);
    }

    /** Array filters by the name that they give to an element: the first name of their paths. */
    static Map<String, Filter> arrayFilters(List<DocumentValue> filters) {
        Map<String, Filter> named = new TreeMap<>();
        Spot spot = Spot.of(ErrorCode.INVALID_UPDATE, "arrayFilters");
        for (int i = 0; i < filters.size(); i++) {
            Set<String> names = new TreeSet<>();
            if (filters.get(i) instanceof ObjectValue object) {
                Conditions.conjuncts(object)
                        .forEach(part -> names.add(part.getKey().split("\\.", 2)[0]));
            }
            if (names.size() != 1) {
                throw spot.element(i).error("an object is needed whose paths begin with one name, that of the element");
            }
            String name = names.iterator().next();
            if (named.put(name, Filter.parse(filters.get(i), spot.element(i).place())) != null) {
                throw spot.element(i).error("another array filter is named " + Spot.cut(name) + " too");
            }
        }
        return named;
    }

    private void operator(String operator, DocumentValue operands, Spot spot) {
        if (operator.equals("$currentDate")) {
            throw spot.error("not offered: JSON has no dates, and an update gives the same result whenever it is"
                    + " computed; send the time with $set");
        }
        if (!(" " + ALLOWED + ",").contains(" " + operator + ",")) {
            throw spot.error("no such operator; allowed are " + ALLOWED);
        }
        if (!(operands instanceof ObjectValue object)) {
            throw spot.error("an object of paths and operands is needed, not " + operands.typeInWords());
        }
        object.members().forEach((path, operand) -> {
            Spot at = spot.member(path);
            if (operator.equals("$rename")) {
                rename(path, operand, at);
            } else {
                change(operator, path, operand, at);
            }
        });
    }

    private void change(String operator, String text, DocumentValue operand, Spot spot) {
        UpdatePath path = UpdatePath.parse(text, spot);
        boolean sets = operator.equals("$set") || operator.equals("$setOnInsert");
        if (!sets) {
            refuseId(path, spot);
        }
        for (UpdatePath.Step step : path.steps()) {
            if (step instanceof UpdatePath.Filtered(String name) && !arrayFilters.contains(name)) {
                throw spot.error("no array filter is named " + Spot.cut(name));
            }
        }
        Modifier modifier = OperandParser.modifier(operator, operand, spot);
        if (modifier == null) {
            throw spot.error("no such operator; allowed are " + ALLOWED);
        }
        conflicts.put(path.names(), modifier, spot);
        changes.add(new Change.At(path, modifier, operator.equals("$setOnInsert"), spot.as(ErrorCode.UPDATE_FAILED)));
    }

    private void rename(String text, DocumentValue operand, Spot spot) {
        if (!(operand instanceof TextValue(String target))) {
            throw spot.error("the new path is needed, a text, not " + operand.typeInWords());
        }
        UpdatePath from = UpdatePath.parse(text, spot);
        UpdatePath to = UpdatePath.parse(target, spot);
        if (from.isPositional() || to.isPositional()) {
            throw spot.error("$ is not allowed here: a value within an array cannot be renamed");
        }
        refuseId(from, spot);
        refuseId(to, spot);
        conflicts.put(from.names(), new Modifier.Unset(), spot);
        conflicts.put(to.names(), new Modifier.Unset(), spot);
        changes.add(new Change.Rename(from, to, spot.as(ErrorCode.UPDATE_FAILED)));
    }

    private static void refuseId(UpdatePath path, Spot spot) {
        if (path.names().getFirst().equals(DocumentId.NAME)) {
            throw spot.error("the _id of a document cannot change");
        }
    }
}

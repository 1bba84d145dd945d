package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.List;
import java.util.Map;

/** What a filter asks to be equal: the document that an upsert begins with. */
final class Equalities {

    private static final Spot FILTER = Spot.of(ErrorCode.INVALID_UPDATE, "filter");

    private Equalities() {}

    /**
     * The document.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_UPDATE, if the filter names a path twice
     */
    static ObjectValue document(ObjectValue filter) {
        ChangeTree tree = new ChangeTree();
        for (Map.Entry<String, DocumentValue> condition : Conditions.conjuncts(filter)) {
            Spot spot = FILTER.member(condition.getKey());
            for (DocumentValue value : equal(condition.getValue())) {
                List<String> names = UpdatePath.parse(condition.getKey(), spot).names();
                tree.put(names, new Modifier.Assign(OperandParser.value(value, spot)), spot);
            }
        }
        return tree.apply(ObjectValue.EMPTY);
    }

    private static List<DocumentValue> equal(DocumentValue condition) {
        if (!(condition instanceof ObjectValue object) || !isOperators(condition)) {
            return List.of(condition);
        }
        DocumentValue equal = object.get("$eq");
        if (equal != null) {
            return List.of(equal);
        }
        if (object.get("$all") instanceof ArrayValue all) {
            return all.elements().stream().filter(value -> !isOperators(value)).toList();
        }
        return object.get("$in") instanceof ArrayValue in && in.elements().size() == 1 ? in.elements() : List.of();
    }

    private static boolean isOperators(DocumentValue value) {
        return value instanceof ObjectValue object
                && object.members().keySet().stream().anyMatch(name -> name.startsWith("$"));
    }
}

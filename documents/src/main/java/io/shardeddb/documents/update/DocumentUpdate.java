package io.shardeddb.documents.update;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentRules;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.documents.value.ValueOrder;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A change of documents: operators, or a document that replaces another one. Immutable. The same document always gives
 * the same result.
 */
public final class DocumentUpdate {

    private static final Spot UPDATE = Spot.of(ErrorCode.INVALID_UPDATE, "update");
    private static final Spot FAILED = UPDATE.as(ErrorCode.UPDATE_FAILED);

    private final ObjectValue filterJson;
    private final Filter filter;
    private final @Nullable DocumentPath shardKey;
    private final @Nullable ObjectValue replacement;
    private final List<Change> changes;
    private final Map<String, Filter> arrayFilters;

    private DocumentUpdate(
            ObjectValue filter,
            @Nullable DocumentPath shardKey,
            @Nullable ObjectValue replacement,
            List<Change> changes,
            Map<String, Filter> arrayFilters) {
        this.filterJson = filter;
        this.filter = Filter.parse(filter, new Place("filter"));
        this.shardKey = shardKey;
        this.replacement = replacement;
        this.changes = changes;
        this.arrayFilters = arrayFilters;
    }

    /**
     * Reads an update.
     *
     * @param update an object of operators, or one without any, which replaces the document
     * @param filter of the request, or an id; the positional {@code $} and an upsert depend on it
     * @param arrayFilters of the request, for {@code $[name]}
     * @param shardKey of the collection, whose value cannot change; null if it has none
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_UPDATE or INVALID_DOCUMENT, with the place
     */
    public static DocumentUpdate parse(
            DocumentValue update,
            DocumentValue filter,
            List<DocumentValue> arrayFilters,
            @Nullable DocumentPath shardKey) {
        ObjectValue conditions =
                filter instanceof ObjectValue object ? object : Conditions.one(DocumentId.NAME, filter);
        if (!(update instanceof ObjectValue object)) {
            throw UPDATE.error("an object of operators is needed, or a document, not " + update.typeInWords());
        }
        long operators = object.members().keySet().stream()
                .filter(name -> name.startsWith("$"))
                .count();
        if (operators != 0 && operators != object.members().size()) {
            throw UPDATE.error(
                    "an update has either operators, whose names begin with $, or the members of a document");
        }
        Map<String, Filter> filters = UpdateParser.arrayFilters(arrayFilters);
        if (operators == 0 && filters.isEmpty()) {
            DocumentRules.requireNames(object, UPDATE.place());
            return new DocumentUpdate(conditions, shardKey, object, List.of(), Map.of());
        }
        return new DocumentUpdate(
                conditions, shardKey, null, UpdateParser.parse(object, UPDATE, filters.keySet()), filters);
    }

    /** Whether it replaces whole documents. Such an update is for one document only. */
    public boolean replaces() {
        return replacement != null;
    }

    /**
     * The document as it will be.
     *
     * @param document that matches the filter
     * @return empty if nothing changes
     * @throws io.shardeddb.protocol.error.DatabaseException UPDATE_FAILED, if the update does not fit the document, or
     *     would change its {@code _id} or shard key; TOO_LARGE or INVALID_DOCUMENT, if the result cannot be stored
     */
    public Optional<ObjectValue> apply(ObjectValue document) {
        DocumentValue id = document.get(DocumentId.NAME);
        ObjectValue result = withId(changed(document, false), id);
        if (result.equals(document)) {
            return Optional.empty();
        }
        if (shardKey != null && !same(shardKey.get(document), shardKey.get(result))) {
            throw FAILED.error("the value at " + shardKey.text() + " is the document's shard key, and cannot change");
        }
        return Optional.of(DocumentRules.storable(result, UPDATE.place()));
    }

    /**
     * The document that an upsert inserts: what the filter asks to be equal, changed by the update.
     *
     * @param newId gives an id if neither has one
     * @throws io.shardeddb.protocol.error.DatabaseException as {@link #apply}
     */
    public ObjectValue insert(Supplier<? extends DocumentValue> newId) {
        ObjectValue equalities = Equalities.document(filterJson);
        DocumentValue id = equalities.get(DocumentId.NAME);
        ObjectValue result = withId(changed(equalities, true), id);
        if (result.get(DocumentId.NAME) == null) {
            result = result.with(DocumentId.NAME, newId.get());
        }
        return DocumentRules.storable(result, UPDATE.place());
    }

    private ObjectValue changed(ObjectValue document, boolean insert) {
        if (replacement != null) {
            return replacement;
        }
        ChangeTree tree = new ChangeTree();
        Expansion expansion = new Expansion(filter, document, arrayFilters);
        for (Change change : changes) {
            switch (change) {
                case Change.At at -> {
                    if (insert || !at.onInsert()) {
                        expansion.each(at.path(), at.spot(), names -> tree.put(names, at.modifier(), at.spot()));
                    }
                }
                case Change.Rename rename -> rename.put(document, tree);
            }
        }
        return tree.apply(document);
    }

    /** The same document with the id that it must have, which the update may name but not change. */
    private ObjectValue withId(ObjectValue result, @Nullable DocumentValue id) {
        DocumentValue given = result.get(DocumentId.NAME);
        if (id == null) {
            return result;
        }
        if (given == null ? replacement == null : !ValueOrder.equal(given, id)) {
            throw FAILED.error("the _id of a document cannot change");
        }
        return result.with(DocumentId.NAME, id);
    }

    private static boolean same(@Nullable DocumentValue a, @Nullable DocumentValue b) {
        return a == null ? b == null : a.equals(b);
    }
}

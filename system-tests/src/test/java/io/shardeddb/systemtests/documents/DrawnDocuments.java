package io.shardeddb.systemtests.documents;

import static io.shardeddb.systemtests.documents.Comparing.member;

import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.UpdateModel;
import io.shardeddb.testsupport.documents.Values;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Documents, filters and updates of one collection, drawn from a seed. Ids are few, so that requests meet. */
final class DrawnDocuments {

    static final String ID = "_id";

    /** The shard key's member, of collections that have one. */
    static final String SHARD = "s";

    private static final int IDS = 40;
    private static final List<Object> SHARDS = List.of(0L, "x", true);

    private final RequestGenerator draw;
    private final boolean keyed;

    DrawnDocuments(RequestGenerator draw, boolean keyed) {
        this.draw = draw;
        this.keyed = keyed;
    }

    /** The order of documents' keys. */
    Comparator<Map<String, Object>> keyOrder() {
        Comparator<Map<String, Object>> byId = Comparator.comparing(each -> member(each, ID), Values::compare);
        return keyed
                ? Comparator.<Map<String, Object>, Object>comparing(each -> member(each, SHARD), Values::compare)
                        .thenComparing(byId)
                : byId;
    }

    Object id() {
        int number = draw.below(IDS);
        return number % 3 == 0 ? "k" + number : (Object) (long) number;
    }

    /** The value of the shard key that documents of an id have. */
    private static Object shard(Object id) {
        return SHARDS.get(Math.floorMod(id.hashCode() / 3, SHARDS.size()));
    }

    Map<String, Object> document(Object id) {
        Map<String, Object> document = draw.document(id);
        if (keyed) {
            document.put(SHARD, shard(id));
        }
        return document;
    }

    /** A filter of any operators, now and then of ids and shards too. */
    Map<String, Object> filter() {
        Map<String, Object> filter = draw.filter();
        Object id = id();
        switch (draw.below(10)) {
            case 0 -> filter.put(ID, id);
            case 1 -> filter.put(ID, Map.of("$in", List.of(id, id(), 3.0)));
            case 2 -> filter.put(ID, Map.of("$gte", id));
            default -> {}
        }
        if (keyed && draw.below(4) == 0) {
            filter.put(SHARD, shard(id));
        }
        return filter;
    }

    /** The filter of a document and no other, of which an upsert can be made. */
    Map<String, Object> only(Object id) {
        return keyed ? Map.of(ID, id, SHARD, shard(id)) : Map.of(ID, id);
    }

    /** An update, or a document that replaces another one. */
    Map<String, Object> update() {
        Map<String, Object> update = draw.update();
        if (keyed && replaces(update)) {
            update.put(SHARD, SHARDS.get(draw.below(SHARDS.size())));
        }
        return update;
    }

    static boolean replaces(Map<String, Object> update) {
        return update.keySet().stream().noneMatch(name -> name.startsWith("$"));
    }

    /** Whether an update is refused for any document, because two of its paths are in each other's way. */
    static boolean isInvalid(Map<String, Object> update) {
        try {
            var _ = UpdateModel.apply(update, Map.of(), false);
            return false;
        } catch (UpdateModel.Refused e) {
            return true;
        }
    }

    /** What an update makes of a document; empty: it is refused. */
    Optional<Map<String, Object>> after(Map<String, Object> update, Map<String, Object> before, boolean inserted) {
        try {
            Map<String, Object> after = UpdateModel.apply(update, before, inserted);
            boolean moved = keyed && !Values.same(member(before, SHARD), member(after, SHARD));
            return moved ? Optional.empty() : Optional.of(after);
        } catch (UpdateModel.Refused e) {
            return Optional.empty();
        }
    }
}

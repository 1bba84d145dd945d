package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** A collection in memory: documents by id, and what requests make of them. */
public final class CollectionModel {

    private final Map<Object, Map<String, Object>> documents = new TreeMap<>(Values::compare);

    /** All documents in the order of their ids. */
    public List<Map<String, Object>> all() {
        return new ArrayList<>(documents.values());
    }

    /** Puts a document under its id, in place of one that is there. */
    public void put(Map<String, Object> document) {
        documents.put(document.getOrDefault("_id", Absent.MISSING), document);
    }

    /** The documents that match, in the order of their ids. */
    public List<Map<String, Object>> find(Map<String, Object> filter) {
        return documents.values().stream()
                .filter(each -> FilterModel.matches(filter, each))
                .toList();
    }

    /** The documents that match, sorted. */
    public List<Map<String, Object>> find(Map<String, Object> filter, Map<String, Object> sort) {
        Comparator<Map<String, Object>> order = SortModel.order(sort.entrySet().stream()
                .map(each -> Map.entry(each.getKey(), (Long) each.getValue()))
                .toList());
        return find(filter).stream().sorted(order).toList();
    }

    /** The different values at a path of the documents that match, in their order. Of a list its elements count. */
    public List<Object> distinct(String path, Map<String, Object> filter) {
        TreeSet<Object> values = new TreeSet<>(Values::compare);
        for (Map<String, Object> document : find(filter)) {
            for (Found found : Found.at(path, document)) {
                if (found.value() instanceof List<?> list && !found.whole()) {
                    values.addAll(list);
                } else if (found.value() != Absent.MISSING) {
                    values.add(found.value());
                }
            }
        }
        return new ArrayList<>(values);
    }

    /**
     * Changes every document that matches.
     *
     * @return how many match, and how many are other than before
     * @throws UpdateModel.Refused when the update fits one of them not; then nothing is changed
     */
    public Changed update(Map<String, Object> filter, Map<String, Object> update) {
        List<Map<String, Object>> matched = find(filter);
        List<Map<String, Object>> results = matched.stream()
                .map(each -> UpdateModel.apply(update, each, false))
                .toList();
        int modified = 0;
        for (int i = 0; i < matched.size(); i++) {
            modified += Values.identical(matched.get(i), results.get(i)) ? 0 : 1;
            put(results.get(i));
        }
        return new Changed(matched.size(), modified);
    }

    /** Removes every document that matches. Returns how many did. */
    public int delete(Map<String, Object> filter) {
        List<Map<String, Object>> gone = find(filter);
        gone.forEach(each -> documents.remove(each.getOrDefault("_id", Absent.MISSING)));
        return gone.size();
    }

    /**
     * What an update did.
     *
     * @param matched documents that the filter found
     * @param modified those of them that are other than before
     */
    public record Changed(int matched, int modified) {}
}

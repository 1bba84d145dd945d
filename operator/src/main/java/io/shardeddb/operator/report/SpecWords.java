package io.shardeddb.operator.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.operator.desired.ContentHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Says in a few words what differs between two specs. */
public final class SpecWords {

    private static final int MOST = 6;

    private SpecWords() {}

    /**
     * The fields that differ, with their old and new values; "the first spec" when there was none before.
     *
     * @return empty when nothing differs
     */
    public static String difference(@Nullable ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
        if (before == null) {
            return "the first spec";
        }
        Map<String, String> old = leaves(before);
        Map<String, String> now = leaves(after);
        TreeSet<String> paths = new TreeSet<>(old.keySet());
        paths.addAll(now.keySet());
        List<String> words = new ArrayList<>();
        for (String path : paths) {
            String from = old.get(path);
            String to = now.get(path);
            if (!Objects.equals(from, to)) {
                words.add(
                        from == null
                                ? path + " " + to + " is new"
                                : to == null ? path + " " + from + " is gone" : path + " from " + from + " to " + to);
            }
        }
        int more = words.size() - MOST;
        return more > 0
                ? String.join(", ", words.subList(0, MOST)) + ", and " + more + " more"
                : String.join(", ", words);
    }

    private static Map<String, String> leaves(ShardedDatabaseSpec spec) {
        Map<String, String> leaves = new TreeMap<>();
        collect("", Serialization.unmarshal(ContentHash.canonical(spec), JsonNode.class), leaves);
        return leaves;
    }

    private static void collect(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), into));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                JsonNode name = node.get(i).path("name");
                collect(path + "[" + (name.isTextual() ? name.asText() : i) + "]", node.get(i), into);
            }
        } else if (!node.isNull()) {
            into.put(path, node.asText());
        }
    }
}

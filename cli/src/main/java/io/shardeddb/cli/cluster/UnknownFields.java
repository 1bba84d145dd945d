package io.shardeddb.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.crds.ShardedDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds fields of a written database that its type does not know. The types ignore them, as clients of an evolving API
 * must; a person who mistyped a field should hear of it.
 */
final class UnknownFields {

    private UnknownFields() {}

    /** Paths such as {@code spec.server}; a null that the writer gave counts as absent. */
    static List<String> of(JsonNode written, ShardedDatabase understood) {
        List<String> unknown = new ArrayList<>();
        compare("spec", written.path("spec"), Json.MAPPER.valueToTree(understood.getSpec()), unknown);
        return unknown;
    }

    private static void compare(String path, JsonNode written, JsonNode understood, List<String> unknown) {
        if (written.isObject() && understood.isObject()) {
            for (Map.Entry<String, JsonNode> field : written.properties()) {
                String name = path + "." + field.getKey();
                if (field.getValue().isNull()) {
                    continue;
                }
                JsonNode counterpart = understood.get(field.getKey());
                if (counterpart == null) {
                    if (!isEmpty(field.getValue())) {
                        unknown.add(name);
                    }
                } else {
                    compare(name, field.getValue(), counterpart, unknown);
                }
            }
        } else if (written.isArray() && understood.isArray()) {
            for (int i = 0; i < Math.min(written.size(), understood.size()); i++) {
                compare(path + "[" + i + "]", written.get(i), understood.get(i), unknown);
            }
        }
    }

    /** Kubernetes' own types leave empty lists and maps out when they are written again. */
    private static boolean isEmpty(JsonNode node) {
        return node.isContainerNode() && node.isEmpty();
    }
}

package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a projection of included or excluded paths leaves of a document. */
public final class ProjectionModel {

    private ProjectionModel() {}

    /** What is left: {@code _id} too, unless the projection says otherwise. */
    public static Map<String, Object> project(Map<String, Object> projection, Map<String, Object> document) {
        Map<String, Object> paths = new TreeMap<>(projection);
        Object id = paths.remove("_id");
        boolean includes = paths.isEmpty() ? Long.valueOf(1).equals(id) : paths.containsValue(1L);
        Map<String, Object> tree = new TreeMap<>();
        if (includes ? !Long.valueOf(0).equals(id) : Long.valueOf(0).equals(id)) {
            tree.put("_id", true);
        }
        paths.keySet().forEach(path -> plant(tree, path));
        return object(tree, document, includes);
    }

    private static void plant(Map<String, Object> tree, String path) {
        String[] names = path.split("\\.", -1);
        Map<String, Object> at = tree;
        for (int i = 0; i < names.length - 1; i++) {
            at = Values.object(at.computeIfAbsent(names[i], name -> new TreeMap<String, Object>()));
        }
        at.put(names[names.length - 1], true);
    }

    private static Map<String, Object> object(Map<String, Object> tree, Map<String, Object> object, boolean includes) {
        Map<String, Object> left = new TreeMap<>();
        object.forEach((name, value) -> {
            Object below = tree.getOrDefault(name, false);
            Object kept = below instanceof Boolean named
                    ? named == includes ? value : Absent.MISSING
                    : value(Values.object(below), value, includes);
            if (kept != Absent.MISSING) {
                left.put(name, kept);
            }
        });
        return left;
    }

    /** A value that has no members goes if members of it were asked for, and stays if they were not wanted. */
    private static Object value(Map<String, Object> tree, Object value, boolean includes) {
        if (value instanceof Map<?, ?> map) {
            return object(tree, Values.object(map), includes);
        }
        if (value instanceof List<?> list) {
            List<Object> kept = new ArrayList<>();
            for (Object each : list) {
                Object left = value(tree, each, includes);
                if (left != Absent.MISSING) {
                    kept.add(left);
                }
            }
            return kept;
        }
        return includes ? Absent.MISSING : value;
    }
}

package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a path finds in a document. A list in the middle of a path is passed through its objects, and by number. A list
 * at the end is found itself.
 *
 * @param value what is there, or {@link Absent#MISSING}
 * @param whole whether a number led to it, so that a filter does not look into it
 */
record Found(Object value, boolean whole) {

    static List<Found> at(String path, Object document) {
        List<Found> found = new ArrayList<>();
        inObject(members(document), path.split("\\.", -1), 0, found);
        return found;
    }

    /** An element that is a list is tested like a document whose names are numbers. */
    private static Map<String, Object> members(Object document) {
        if (document instanceof List<?> list) {
            Map<String, Object> members = new TreeMap<>();
            for (int i = 0; i < list.size(); i++) {
                members.put(Integer.toString(i), Values.list(list).get(i));
            }
            return members;
        }
        return Values.object(document);
    }

    /** The values that a comparison looks at: the value, and the elements of a list. */
    List<Object> compared() {
        List<Object> values = new ArrayList<>();
        if (value instanceof List<?> list && !whole) {
            values.addAll(list);
        }
        values.add(value);
        return values;
    }

    private static void inObject(Map<String, Object> object, String[] path, int at, List<Found> found) {
        Object member = object.getOrDefault(path[at], Absent.MISSING);
        if (at == path.length - 1) {
            found.add(new Found(member, false));
        } else if (member instanceof Map<?, ?> map) {
            inObject(Values.object(map), path, at + 1, found);
        } else if (member instanceof List<?> list) {
            inList(Values.list(list), path, at + 1, found);
        } else {
            found.add(new Found(Absent.MISSING, false));
        }
    }

    private static void inList(List<Object> list, String[] path, int at, List<Found> found) {
        for (int i = 0; i < list.size(); i++) {
            Object element = list.get(i);
            if (element instanceof Map<?, ?> map) {
                inObject(Values.object(map), path, at, found);
            }
            if (!path[at].equals(Integer.toString(i))) {
                continue;
            }
            if (at == path.length - 1) {
                found.add(new Found(element, true));
            } else if (element instanceof Map<?, ?> map) {
                inObject(Values.object(map), path, at + 1, found);
            } else if (element instanceof List<?> inner) {
                inList(Values.list(inner), path, at + 1, found);
            }
        }
    }
}

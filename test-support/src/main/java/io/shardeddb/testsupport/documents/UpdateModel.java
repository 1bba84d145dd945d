package io.shardeddb.testsupport.documents;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an update makes of a document. Knows the operators that {@link RequestGenerator} writes. */
public final class UpdateModel {

    private UpdateModel() {}

    /** An update is not valid, or does not fit the document. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }
    }

    /** Where a value lies: a member of an object or an element of a list. */
    private record Place(Object holder, String name) {

        Object value() {
            if (holder instanceof List<?> list) {
                int index = Integer.parseInt(name);
                return index < list.size() ? Values.list(list).get(index) : Absent.MISSING;
            }
            return Values.object(holder).getOrDefault(name, Absent.MISSING);
        }

        void set(Object value) {
            if (holder instanceof List<?> elements) {
                List<Object> list = Values.list(elements);
                while (list.size() <= Integer.parseInt(name)) {
                    list.add(Absent.NULL);
                }
                list.set(Integer.parseInt(name), value);
            } else {
                Values.object(holder).put(name, value);
            }
        }
    }

    /**
     * The document after the update.
     *
     * @param inserted whether an upsert is making it
     * @throws Refused when the update is not valid, or does not fit the document
     */
    public static Map<String, Object> apply(
            Map<String, Object> update, Map<String, Object> document, boolean inserted) {
        if (update.keySet().stream().noneMatch(name -> name.startsWith("$"))) {
            Map<String, Object> replaced = Values.object(Values.copy(update));
            replaced.put("_id", document.getOrDefault("_id", Absent.MISSING));
            return replaced;
        }
        refuseConflicts(update);
        Map<String, Object> changed = Values.object(Values.copy(document));
        // In the order of paths: an element is made before the one behind it.
        Map<String, Runnable> changes = new TreeMap<>();
        update.forEach((operator, paths) -> {
            if (!operator.equals("$setOnInsert") || inserted) {
                Values.object(paths)
                        .forEach((path, operand) -> changes.put(path, () -> one(operator, path, operand, changed)));
            }
        });
        changes.values().forEach(Runnable::run);
        if (!Values.same(changed.getOrDefault("_id", Absent.MISSING), document.getOrDefault("_id", Absent.MISSING))) {
            throw new Refused("_id");
        }
        return changed;
    }

    /** No path may be changed twice, nor one within another. */
    private static void refuseConflicts(Map<String, Object> update) {
        List<String> paths = new ArrayList<>();
        update.forEach((operator, changes) -> Values.object(changes).forEach((path, operand) -> {
            paths.add(path);
            if (operator.equals("$rename")) {
                paths.add((String) operand);
            }
        }));
        for (int i = 0; i < paths.size(); i++) {
            for (int j = 0; j < paths.size(); j++) {
                if (i != j && (paths.get(j) + ".").startsWith(paths.get(i) + ".")) {
                    throw new Refused(paths.get(i) + " and " + paths.get(j));
                }
            }
        }
    }

    private static void one(String operator, String path, Object operand, Map<String, Object> document) {
        switch (operator) {
            case "$set", "$setOnInsert" -> make(path, document).set(Values.copy(operand));
            case "$unset" -> unset(path, document);
            case "$rename" -> rename(path, (String) operand, document);
            case "$inc", "$mul" -> {
                Place place = make(path, document);
                place.set(calculated(operator, place.value(), (Number) operand));
            }
            case "$min", "$max" -> {
                Place place = make(path, document);
                place.set(extreme(operator.equals("$max"), place.value(), operand));
            }
            case "$push" -> {
                Place place = make(path, document);
                place.set(ListUpdates.push(listOrNew(place.value()), operand));
            }
            case "$addToSet" -> {
                Place place = make(path, document);
                place.set(ListUpdates.addToSet(listOrNew(place.value()), operand));
            }
            case "$pop", "$pull" -> {
                Place place = find(path, document);
                if (place != null && place.value() != Absent.MISSING) {
                    place.set(ListUpdates.without(operator, listOrNew(place.value()), operand));
                }
            }
            default -> throw new IllegalArgumentException(operator);
        }
    }

    /** Unlike MongoDB: values of two types are not compared. */
    private static Object extreme(boolean greatest, Object value, Object operand) {
        if (value == Absent.MISSING) {
            return Values.copy(operand);
        }
        if (Values.rank(value) != Values.rank(operand)) {
            throw new Refused("two types");
        }
        int order = Values.compare(operand, value);
        return (greatest ? order > 0 : order < 0) ? Values.copy(operand) : value;
    }

    private static List<Object> listOrNew(Object value) {
        if (value == Absent.MISSING) {
            return new ArrayList<>();
        }
        if (value instanceof List<?> list) {
            return new ArrayList<>(Values.list(list));
        }
        throw new Refused("no list");
    }

    private static Object calculated(String operator, Object value, Number operand) {
        if (value == Absent.MISSING) {
            return operator.equals("$inc") ? operand : operand instanceof Double ? 0.0 : (Object) 0L;
        }
        if (!(value instanceof Number number)) {
            throw new Refused("no number");
        }
        if (number instanceof Long a && operand instanceof Long b) {
            BigInteger x = BigInteger.valueOf(a);
            BigInteger y = BigInteger.valueOf(b);
            BigInteger result = operator.equals("$inc") ? x.add(y) : x.multiply(y);
            if (result.bitLength() >= Long.SIZE) {
                throw new Refused("more than 64 bits");
            }
            return result.longValueExact();
        }
        double result = operator.equals("$inc")
                ? number.doubleValue() + operand.doubleValue()
                : number.doubleValue() * operand.doubleValue();
        if (!Double.isFinite(result)) {
            throw new Refused("beyond doubles");
        }
        return result;
    }

    private static void unset(String path, Map<String, Object> document) {
        Place place = find(path, document);
        if (place == null || place.value() == Absent.MISSING) {
            return;
        }
        if (place.holder() instanceof List<?>) {
            place.set(Absent.NULL);
        } else {
            Values.object(place.holder()).remove(place.name());
        }
    }

    /** Neither path may pass through a list. */
    private static void rename(String from, String to, Map<String, Object> document) {
        if (throughList(from, document) || throughList(to, document)) {
            throw new Refused("through a list");
        }
        Place source = find(from, document);
        if (source == null || source.value() == Absent.MISSING) {
            return;
        }
        Object value = source.value();
        unset(from, document);
        make(to, document).set(value);
    }

    private static boolean throughList(String path, Map<String, Object> document) {
        Object at = document;
        for (String name : path.split("\\.", -1)) {
            if (at instanceof List<?>) {
                return true;
            }
            at = at instanceof Map<?, ?> map ? Values.object(map).getOrDefault(name, Absent.MISSING) : Absent.MISSING;
        }
        return false;
    }

    /** The place of a path, if the objects and lists on the way are there. */
    private static @Nullable Place find(String path, Map<String, Object> document) {
        String[] names = path.split("\\.", -1);
        Object at = document;
        for (int i = 0; i < names.length; i++) {
            if (!(at instanceof Map<?, ?>) && !(at instanceof List<?> && isNumber(names[i]))) {
                return null;
            }
            if (i == names.length - 1) {
                return new Place(at, names[i]);
            }
            at = new Place(at, names[i]).value();
        }
        return null;
    }

    /** The place of a path, with the objects on the way made where nothing is. */
    private static Place make(String path, Map<String, Object> document) {
        String[] names = path.split("\\.", -1);
        Object at = document;
        for (int i = 0; ; i++) {
            if (!(at instanceof Map<?, ?>) && !(at instanceof List<?> && isNumber(names[i]))) {
                throw new Refused(path + " passes through a value");
            }
            Place place = new Place(at, names[i]);
            if (i == names.length - 1) {
                return place;
            }
            if (place.value() == Absent.MISSING) {
                place.set(new TreeMap<String, Object>());
            }
            at = place.value();
        }
    }

    private static boolean isNumber(String name) {
        return name.matches("0|[1-9][0-9]*");
    }
}

package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Draws documents, filters, updates, sorts, projections and pipelines from a seed. Few names and few values, so that
 * they meet: most filters match some documents and not all.
 */
public final class RequestGenerator {

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final List<String> TEXTS =
            List.of("", "a", "ab", "B", "ba", "\u00e9", "\uffff", "\ud83d\ude00", "a.b", "0");
    private static final List<Object> NUMBERS = List.of(
            0L, 1L, 2L, 3L, -1L, 7L, 0.5, 1.0, 2.5, -0.5, 9007199254740993L, 9007199254740992.0, Long.MAX_VALUE, 1e300);

    private final Random random;

    /** Draws from a seed. */
    public RequestGenerator(long seed) {
        random = new Random(seed);
    }

    /** A whole number from 0 to {@code bound - 1}. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private List<Object> some(int most, Supplier<Object> each) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            list.add(each.get());
        }
        return list;
    }

    private static Map<String, Object> one(String name, Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(name, value);
        return map;
    }

    private Object small() {
        return (long) random.nextInt(5);
    }

    private Object scalar() {
        return switch (random.nextInt(8)) {
            case 0 -> Absent.NULL;
            case 1 -> random.nextBoolean();
            case 2, 3 -> pick(TEXTS);
            case 4 -> pick(NUMBERS);
            default -> small();
        };
    }

    private Object value(int depth) {
        int kind = random.nextInt(10);
        if (depth == 0 || kind < 5) {
            return scalar();
        }
        return kind < 8 ? some(3, () -> value(depth - 1)) : object(depth - 1);
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> object = new TreeMap<>();
        for (String name : List.of("a", "b", "c", "0", "1")) {
            if (oneIn(name.compareTo("a") < 0 ? 8 : 2)) {
                object.put(name, value(depth));
            }
        }
        return object;
    }

    /** A document with the given id. */
    public Map<String, Object> document(Object id) {
        Map<String, Object> document = object(3);
        document.put("_id", id);
        return document;
    }

    /** A path that most documents have something at. */
    public String path() {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> pick(NAMES);
            case 3, 4, 5 -> pick(NAMES) + "." + pick(NAMES);
            case 6 -> pick(NAMES) + "." + random.nextInt(2);
            default -> pick(NAMES) + "." + random.nextInt(2) + "." + pick(NAMES);
        };
    }

    /** A filter of any operators. */
    public Map<String, Object> filter() {
        return filter(2);
    }

    private Map<String, Object> filter(int depth) {
        Map<String, Object> filter = new LinkedHashMap<>();
        for (int i = oneIn(3) ? 2 : 1; i > 0; i--) {
            if (depth > 0 && oneIn(4)) {
                List<Object> parts = new ArrayList<>();
                for (int j = 1 + random.nextInt(3); j > 0; j--) {
                    parts.add(filter(depth - 1));
                }
                filter.put(pick(List.of("$and", "$or", "$nor")), parts);
            } else {
                filter.put(path(), oneIn(4) ? value(1) : operators(depth));
            }
        }
        return filter;
    }

    private Map<String, Object> operators(int depth) {
        Map<String, Object> operators = new LinkedHashMap<>();
        for (int i = oneIn(4) ? 2 : 1; i > 0; i--) {
            operators.putAll(operator(depth));
        }
        return operators;
    }

    private Map<String, Object> operator(int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 11)) {
            case 0, 1, 2, 3 -> one(pick(List.of("$gt", "$gte", "$lt", "$lte")), value(1));
            case 4, 5 -> one(pick(List.of("$eq", "$ne")), value(1));
            case 6 -> one(pick(List.of("$in", "$nin")), some(3, () -> value(1)));
            case 7 -> one("$exists", random.nextBoolean());
            case 8 -> one("$size", (long) random.nextInt(4));
            case 9 ->
                oneIn(2)
                        ? one("$type", pick(List.of("null", "number", "string", "object", "array", "bool")))
                        : one("$mod", List.of(1L + random.nextInt(3), (long) random.nextInt(2)));
            case 10 -> regex();
            case 11 -> one("$not", operator(depth - 1));
            case 12 -> one("$elemMatch", oneIn(2) ? operators(depth - 1) : filter(depth - 1));
            default -> one("$all", some(2, () -> value(1)));
        };
    }

    private Map<String, Object> regex() {
        Map<String, Object> regex = one("$regex", pick(List.of("a", "^a", "b", "^B", "")));
        if (oneIn(2)) {
            regex.put("$options", "i");
        }
        return regex;
    }

    /** An update by operators, or now and then a document that replaces another. Not every one is valid. */
    public Map<String, Object> update() {
        if (oneIn(10)) {
            return object(2);
        }
        Map<String, Object> update = new LinkedHashMap<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            String operator = pick(List.of(
                    "$set",
                    "$set",
                    "$unset",
                    "$inc",
                    "$mul",
                    "$min",
                    "$max",
                    "$rename",
                    "$push",
                    "$push",
                    "$addToSet",
                    "$pop",
                    "$pull",
                    "$setOnInsert"));
            update.put(operator, one(path(), operand(operator)));
        }
        return update;
    }

    private Object operand(String operator) {
        return switch (operator) {
            case "$inc", "$mul" -> oneIn(3) ? (Object) (random.nextInt(8) / 2.0) : (Object) (random.nextInt(7) - 3L);
            case "$unset" -> "";
            case "$rename" -> pick(NAMES) + (oneIn(2) ? "." + pick(NAMES) : "");
            case "$pop" -> oneIn(2) ? 1L : -1L;
            case "$push" -> push();
            case "$addToSet" -> oneIn(2) ? value(1) : one("$each", some(3, () -> value(1)));
            case "$pull" -> oneIn(3) ? operators(0) : oneIn(3) ? filter(0) : value(1);
            default -> value(2);
        };
    }

    private Object push() {
        if (oneIn(2)) {
            return value(1);
        }
        Map<String, Object> how = one("$each", some(3, () -> value(1)));
        if (oneIn(2)) {
            how.put("$slice", random.nextInt(7) - 3L);
        }
        if (oneIn(3)) {
            how.put("$sort", oneIn(2) ? 1L : -1L);
        }
        if (oneIn(3)) {
            how.put("$position", random.nextInt(5) - 2L);
        }
        return how;
    }

    /** A sort of up to two paths, and {@code _id}, which decides what is left. */
    public Map<String, Object> sort() {
        Map<String, Object> sort = one(path(), oneIn(2) ? 1L : -1L);
        sort.put("_id", oneIn(2) ? 1L : -1L);
        return sort;
    }

    /** A projection that includes paths, or one that excludes them. */
    public Map<String, Object> projection() {
        long kind = random.nextInt(2);
        Map<String, Object> projection = one(pick(NAMES) + (oneIn(2) ? "." + pick(NAMES) : ""), kind);
        if (oneIn(2)) {
            projection.put("d." + pick(NAMES), kind);
        }
        if (oneIn(3)) {
            projection.put("_id", 0L);
        }
        return projection;
    }

    /** A pipeline of one to four stages. */
    public List<Map<String, Object>> pipeline() {
        List<Map<String, Object>> stages = new ArrayList<>();
        if (oneIn(2)) {
            stages.add(one("$match", filter(1)));
        }
        if (oneIn(3)) {
            stages.add(one("$unwind", "$" + pick(NAMES)));
        } else if (oneIn(2)) {
            stages.add(one("$sort", sort()));
            stages.add(one(oneIn(2) ? "$limit" : "$skip", 1L + random.nextInt(8)));
        }
        stages.add(
                switch (random.nextInt(4)) {
                    case 0 -> one("$project", projection());
                    case 1 -> one("$count", "n");
                    default -> one("$group", group());
                });
        return stages;
    }

    private Map<String, Object> group() {
        Map<String, Object> group = one("_id", oneIn(4) ? Absent.NULL : "$" + pick(NAMES));
        group.put("n", one("$sum", 1L));
        group.put("x", one(pick(List.of("$min", "$max")), expression()));
        group.put("y", one("$max", expression()));
        return group;
    }

    private String expression() {
        return "$" + pick(NAMES) + (oneIn(2) ? "." + pick(NAMES) : "");
    }
}

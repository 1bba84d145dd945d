package io.shardeddb.testsupport.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a pipeline makes of documents. Knows the stages that {@link RequestGenerator} writes. */
public final class PipelineModel {

    private PipelineModel() {}

    /** The documents that come out of the last stage. */
    public static List<Map<String, Object>> run(List<Map<String, Object>> stages, List<Map<String, Object>> documents) {
        List<Map<String, Object>> at = documents;
        for (Map<String, Object> stage : stages) {
            Map.Entry<String, Object> only = stage.entrySet().iterator().next();
            at = stage(only.getKey(), only.getValue(), at);
        }
        return at;
    }

    private static List<Map<String, Object>> stage(String name, Object operand, List<Map<String, Object>> documents) {
        return switch (name) {
            case "$match" ->
                documents.stream()
                        .filter(each -> FilterModel.matches(Values.object(operand), each))
                        .toList();
            case "$project" ->
                documents.stream()
                        .map(each -> ProjectionModel.project(Values.object(operand), each))
                        .toList();
            case "$sort" ->
                documents.stream().sorted(SortModel.order(sort(operand))).toList();
            case "$limit" -> documents.stream().limit((Long) operand).toList();
            case "$skip" -> documents.stream().skip((Long) operand).toList();
            case "$unwind" -> unwind(((String) operand).substring(1), documents);
            case "$group" -> group(Values.object(operand), documents);
            case "$count" ->
                documents.isEmpty()
                        ? List.of()
                        : List.of(new TreeMap<>(Map.of((String) operand, (long) documents.size())));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static List<Map.Entry<String, Long>> sort(Object operand) {
        return Values.object(operand).entrySet().stream()
                .map(each -> Map.entry(each.getKey(), (Long) each.getValue()))
                .toList();
    }

    /** A document for each element of a list at a top-level member; none where there is no value. */
    private static List<Map<String, Object>> unwind(String name, List<Map<String, Object>> documents) {
        List<Map<String, Object>> unwound = new ArrayList<>();
        for (Map<String, Object> document : documents) {
            Object value = document.getOrDefault(name, Absent.MISSING);
            if (value instanceof List<?> list) {
                list.forEach(each -> {
                    Map<String, Object> one = new TreeMap<>(document);
                    one.put(name, each);
                    unwound.add(one);
                });
            } else if (!(value instanceof Absent)) {
                unwound.add(document);
            }
        }
        return unwound;
    }

    private static List<Map<String, Object>> group(Map<String, Object> operand, List<Map<String, Object>> documents) {
        Map<Object, List<Map<String, Object>>> groups = new TreeMap<>(Values::compare);
        for (Map<String, Object> document : documents) {
            Object key = value(operand.getOrDefault("_id", Absent.NULL), document);
            groups.computeIfAbsent(key == Absent.MISSING ? Absent.NULL : key, each -> new ArrayList<>())
                    .add(document);
        }
        List<Map<String, Object>> results = new ArrayList<>();
        groups.forEach((key, members) -> {
            Map<String, Object> result = new TreeMap<>(Map.of("_id", key));
            operand.forEach((name, accumulator) -> {
                if (!name.equals("_id")) {
                    Map.Entry<String, Object> how =
                            Values.object(accumulator).entrySet().iterator().next();
                    result.put(name, accumulated(how.getKey(), how.getValue(), members));
                }
            });
            results.add(result);
        });
        return results;
    }

    private static Object accumulated(String how, Object operand, List<Map<String, Object>> members) {
        List<Object> values = members.stream().map(each -> value(operand, each)).toList();
        List<Object> there =
                values.stream().filter(each -> !(each instanceof Absent)).toList();
        List<Number> numbers = there.stream()
                .filter(Number.class::isInstance)
                .map(Number.class::cast)
                .toList();
        double total = numbers.stream().mapToDouble(Number::doubleValue).sum();
        return switch (how) {
            case "$sum" ->
                numbers.stream().allMatch(Long.class::isInstance)
                        ? (Object) numbers.stream().mapToLong(Number::longValue).sum()
                        : total;
            case "$avg" -> numbers.isEmpty() ? Absent.NULL : (Object) (total / numbers.size());
            case "$min" -> there.stream().min(Values::compare).orElse(Absent.NULL);
            case "$max" -> there.stream().max(Values::compare).orElse(Absent.NULL);
            case "$push" ->
                values.stream().filter(each -> each != Absent.MISSING).toList();
            default -> throw new IllegalArgumentException(how);
        };
    }

    /** A path of members, or the operand itself. */
    private static Object value(Object operand, Map<String, Object> document) {
        if (!(operand instanceof String path) || !path.startsWith("$")) {
            return operand;
        }
        Object at = document;
        for (String name : path.substring(1).split("\\.", -1)) {
            at = member(at, name);
        }
        return at;
    }

    /** Of a list: the members of its objects, where they have one. */
    private static Object member(Object of, String name) {
        if (of instanceof Map<?, ?> map) {
            return Values.object(map).getOrDefault(name, Absent.MISSING);
        }
        if (of instanceof List<?> list) {
            return list.stream()
                    .filter(Map.class::isInstance)
                    .map(each -> member(each, name))
                    .filter(each -> each != Absent.MISSING)
                    .toList();
        }
        return Absent.MISSING;
    }
}

package io.shardeddb.cli.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One field that differs.
 *
 * @param path for example {@code spec.servers.count}; members of lists of named things by their name
 * @param before null when the field is new
 * @param after null when it goes
 */
record SpecDifference(
        String path, @Nullable JsonNode before, @Nullable JsonNode after) {

    /**
     * Every difference of two trees, in the order of the first. Lists whose members have names are compared by name.
     */
    static List<SpecDifference> between(String path, JsonNode before, JsonNode after) {
        List<SpecDifference> differences = new ArrayList<>();
        compare(path, before, after, differences);
        return differences;
    }

    private static void compare(String path, JsonNode before, JsonNode after, List<SpecDifference> into) {
        if (before.equals(after)) {
            return;
        }
        if (absent(before) || absent(after)) {
            into.add(new SpecDifference(path, absent(before) ? null : before, absent(after) ? null : after));
        } else if (before.isObject() && after.isObject()) {
            Set<String> names = new LinkedHashSet<>();
            before.fieldNames().forEachRemaining(names::add);
            after.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(path + "." + name, before.path(name), after.path(name), into));
        } else if (named(before) && named(after)) {
            Set<String> names = new LinkedHashSet<>();
            before.forEach(member -> names.add(member.path("name").asText()));
            after.forEach(member -> names.add(member.path("name").asText()));
            names.forEach(name -> compare(path + "[" + name + "]", member(before, name), member(after, name), into));
        } else {
            into.add(new SpecDifference(path, before, after));
        }
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static boolean named(JsonNode list) {
        if (!list.isArray()) {
            return false;
        }
        for (JsonNode member : list) {
            if (!member.path("name").isTextual()) {
                return false;
            }
        }
        return true;
    }

    private static JsonNode member(JsonNode list, String name) {
        for (JsonNode member : list) {
            if (member.path("name").asText().equals(name)) {
                return member;
            }
        }
        return list.path("absent");
    }

    @Override
    public String toString() {
        if (before == null) {
            return "+ " + path + ": " + after;
        }
        return after == null ? "- " + path + ": " + before : "~ " + path + ": " + before + " -> " + after;
    }
}

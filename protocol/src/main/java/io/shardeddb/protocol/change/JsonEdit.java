package io.shardeddb.protocol.change;

import io.shardeddb.protocol.value.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes one place of a parsed JSON value. A path may lead to a member that is not there; objects are made on the way
 * to it. It may lead to the element after an array's last, and to none beyond that. It never leads through a scalar.
 */
final class JsonEdit {

    private JsonEdit() {}

    /** What is done at the end of the path. */
    sealed interface Change {
        /** Puts a value there, over whatever is there. */
        record Put(@Nullable Object value) implements Change {}

        /** Takes away what is there; what follows in an array moves up. Nothing there: nothing is done. */
        record Remove() implements Change {}

        /** Adds to the end of the array there; makes an array of one where nothing is. */
        record Append(@Nullable Object value) implements Change {}
    }

    /**
     * The value after a change. The given value may be changed on the way.
     *
     * @param root what {@link CanonicalJson#parse} gave
     * @throws NotPossible when the path cannot be gone
     */
    static @Nullable Object apply(@Nullable Object root, List<PathStep> path, Change change) {
        if (path.isEmpty()) {
            return switch (change) {
                case Change.Put(Object value) -> value;
                case Change.Append(Object value) -> appended(root, false, value, path);
                case Change.Remove() -> throw new NotPossible("a whole value cannot be removed, only set");
            };
        }
        Object at = root;
        for (int i = 0; i < path.size() - 1; i++) {
            Object next = child(at, path, i, change);
            if (next == null) {
                return root;
            }
            at = next;
        }
        end(at, path, change);
        return root;
    }

    /** The next container on the way; null when there is none and none is needed. */
    private static @Nullable Object child(@Nullable Object at, List<PathStep> path, int step, Change change) {
        Slot slot = Slot.of(at, path, step);
        if (!slot.isThere()) {
            if (change instanceof Change.Remove) {
                return null;
            }
            Object made = path.get(step + 1) instanceof PathStep.Member
                    ? new LinkedHashMap<String, @Nullable Object>()
                    : new ArrayList<@Nullable Object>();
            slot.put(made);
            return made;
        }
        Object there = slot.get();
        if (!(there instanceof Map) && !(there instanceof List)) {
            throw blocked(path.subList(0, step + 1), there);
        }
        return there;
    }

    private static void end(@Nullable Object at, List<PathStep> path, Change change) {
        Slot slot = Slot.of(at, path, path.size() - 1);
        switch (change) {
            case Change.Put(Object value) -> slot.put(value);
            case Change.Append(Object value) ->
                slot.put(appended(slot.isThere() ? slot.get() : null, !slot.isThere(), value, path));
            case Change.Remove() -> {
                if (slot.isThere()) {
                    slot.remove();
                }
            }
        }
    }

    private static List<@Nullable Object> appended(
            @Nullable Object array, boolean missing, @Nullable Object value, List<PathStep> path) {
        if (missing) {
            List<@Nullable Object> made = new ArrayList<>();
            made.add(value);
            return made;
        }
        if (array instanceof List<?> list) {
            List<@Nullable Object> longer = new ArrayList<>(list);
            longer.add(value);
            return longer;
        }
        throw new NotPossible("there is no array at " + text(path) + " but " + kind(array));
    }

    private static NotPossible blocked(List<PathStep> path, @Nullable Object there) {
        return new NotPossible("the path leads through " + kind(there) + " at " + text(path));
    }

    private static String text(List<PathStep> path) {
        return "$" + path.stream().map(PathStep::toString).collect(Collectors.joining());
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Boolean ignored -> "a boolean";
            case Number ignored -> "a number";
            case String ignored -> "a text";
            case List<?> ignored -> "an array";
            default -> "an object";
        };
    }

    /** A place in an object or an array. */
    private sealed interface Slot {
        boolean isThere();

        @Nullable
        Object get();

        void put(@Nullable Object value);

        void remove();

        @SuppressWarnings("unchecked")
        static Slot of(@Nullable Object container, List<PathStep> path, int step) {
            return switch (path.get(step)) {
                case PathStep.Member(String name)
                when container instanceof Map<?, ?> map -> new InObject((Map<String, @Nullable Object>) map, name);
                case PathStep.Element(int index)
                when container instanceof List<?> list -> {
                    if (index > list.size()) {
                        throw new NotPossible("the array at " + text(path.subList(0, step)) + " has " + list.size()
                                + " elements, so element " + index + " cannot be set");
                    }
                    yield new InArray((List<@Nullable Object>) list, index);
                }
                case PathStep.Member(String name) ->
                    throw new NotPossible("there is no object with a member " + name + " at "
                            + text(path.subList(0, step)) + " but " + kind(container));
                case PathStep.Element(int index) ->
                    throw new NotPossible("there is no array with an element " + index + " at "
                            + text(path.subList(0, step)) + " but " + kind(container));
            };
        }
    }

    private record InObject(Map<String, @Nullable Object> object, String name) implements Slot {
        @Override
        public boolean isThere() {
            return object.containsKey(name);
        }

        @Override
        public @Nullable Object get() {
            return object.get(name);
        }

        @Override
        public void put(@Nullable Object value) {
            object.put(name, value);
        }

        @Override
        public void remove() {
            object.remove(name);
        }
    }

    private record InArray(List<@Nullable Object> array, int index) implements Slot {
        @Override
        public boolean isThere() {
            return index < array.size();
        }

        @Override
        public @Nullable Object get() {
            return array.get(index);
        }

        @Override
        public void put(@Nullable Object value) {
            if (isThere()) {
                array.set(index, value);
            } else {
                array.add(value);
            }
        }

        @Override
        public void remove() {
            array.remove(index);
        }
    }
}

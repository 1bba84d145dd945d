package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentPath;
import java.util.ArrayList;
import java.util.List;

/**
 * Where in a document an operator works. A step may stand for elements of an array, which depend on the document.
 *
 * @param steps at least one; the first is a name
 */
record UpdatePath(List<Step> steps) {

    /** A step of a path. */
    sealed interface Step {
        /** As it is written. */
        String text();
    }

    /** The member of an object, or an element of an array by its index. */
    record Name(String text) implements Step {}

    /** {@code $}: the element that the filter matched. */
    record Matched() implements Step {
        @Override
        public String text() {
            return "$";
        }
    }

    /** {@code $[]}: all elements. */
    record Every() implements Step {
        @Override
        public String text() {
            return "$[]";
        }
    }

    /** {@code $[name]}: the elements that the array filter of this name matches. */
    record Filtered(String name) implements Step {
        @Override
        public String text() {
            return "$[" + name + "]";
        }
    }

    UpdatePath {
        steps = List.copyOf(steps);
    }

    /**
     * Reads a path.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException if a name is empty or is not allowed
     */
    static UpdatePath parse(String text, Spot spot) {
        List<Step> steps = new ArrayList<>();
        boolean matched = false;
        String[] names = text.split("\\.", -1);
        if (names.length > DocumentPath.MAX_PARTS) {
            throw spot.error("a path has at most " + DocumentPath.MAX_PARTS + " names, not " + names.length);
        }
        for (String name : names) {
            Step step = step(name, text, spot);
            if (steps.isEmpty() && !(step instanceof Name)) {
                throw spot.error("a path begins with a name, not with " + name);
            }
            if (step instanceof Matched && matched) {
                throw spot.error("$ is allowed once in a path");
            }
            matched |= step instanceof Matched;
            steps.add(step);
        }
        return new UpdatePath(steps);
    }

    private static Step step(String name, String path, Spot spot) {
        if (name.isEmpty()) {
            throw spot.error("the path \"" + Spot.cut(path) + "\" has an empty name");
        }
        if (name.indexOf('\0') >= 0) {
            throw spot.error("a name may not have a zero byte");
        }
        if (!name.startsWith("$")) {
            return new Name(name);
        }
        if (name.equals("$")) {
            return new Matched();
        }
        if (name.startsWith("$[") && name.endsWith("]")) {
            String identifier = name.substring(2, name.length() - 1);
            return identifier.isEmpty() ? new Every() : new Filtered(identifier);
        }
        throw spot.error("a name may not begin with $; allowed are $, $[] and $[name] for elements of an array");
    }

    /** Whether it depends on the document. */
    boolean isPositional() {
        return steps.stream().anyMatch(step -> !(step instanceof Name));
    }

    /** The steps as they are written. */
    List<String> names() {
        return steps.stream().map(Step::text).toList();
    }
}

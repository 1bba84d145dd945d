package io.shardeddb.documents.value;

import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names joined by dots, which lead into a document: {@code address.city}, {@code tags.0}. A number is both the index of
 * an element and the name of a member.
 *
 * @param parts at least one; a part may be empty
 */
public record DocumentPath(List<String> parts) {

    /** Greatest number of parts: more than a stored document has levels leads nowhere. */
    public static final int MAX_PARTS = 100;

    /**
     * What a path led to in a document.
     *
     * @param value what is there, or null if nothing is
     * @param mayLookInside whether a condition may look at the elements of an array that is the value; it may not if
     *     the path named the array by its index
     * @param indexes of the elements that the path took on its way, by number or because it branched
     */
    public record Branch(@Nullable DocumentValue value, boolean mayLookInside, List<Integer> indexes) {}

    /** Copies the parts. */
    public DocumentPath {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a path has at least one part");
        }
    }

    /**
     * The path of a text; each dot parts two names.
     *
     * @throws IllegalArgumentException if it has more than {@link #MAX_PARTS}
     */
    public static DocumentPath of(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', start)) {
            parts.add(text.substring(start, dot));
            start = dot + 1;
            if (parts.size() >= MAX_PARTS) {
                throw new IllegalArgumentException("a path has more than " + MAX_PARTS + " parts");
            }
        }
        parts.add(text.substring(start));
        return new DocumentPath(parts);
    }

    /** The text again. */
    public String text() {
        return String.join(".", parts);
    }

    /** The first part. */
    public String first() {
        return parts.getFirst();
    }

    /** The path without its first part, or null if that is all. */
    public @Nullable DocumentPath rest() {
        return parts.size() == 1 ? null : new DocumentPath(parts.subList(1, parts.size()));
    }

    /** Whether this path is the other one, or leads into what the other one leads to. */
    public boolean startsWith(DocumentPath other) {
        return parts.size() >= other.parts.size()
                && parts.subList(0, other.parts.size()).equals(other.parts);
    }

    /** The index that a part names, or -1 if it names none: digits without a leading zero, below a thousand million. */
    public static int index(String part) {
        if (part.isEmpty() || part.length() > 9 || (part.length() > 1 && part.charAt(0) == '0')) {
            return -1;
        }
        int index = 0;
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            index = index * 10 + (c - '0');
        }
        return index;
    }

    /**
     * All that this path leads to as a filter looks it up. It branches into the objects of each array on its way. A
     * branch without a value says that something is missing there. No branch at all means that the path leads into
     * arrays without such elements, where not even null is found.
     */
    public List<Branch> branches(DocumentValue document) {
        List<Branch> found = new ArrayList<>();
        lookUp(document, 0, List.of(), true, found);
        return found;
    }

    /** The same as a sort looks it up: a number that follows an array is only an index, and does not branch. */
    public List<Branch> sortBranches(DocumentValue document) {
        List<Branch> found = new ArrayList<>();
        lookUp(document, 0, List.of(), false, found);
        return found;
    }

    /** What lies at the path if no array is branched into, or null if nothing does. Numbers are indexes in arrays. */
    public @Nullable DocumentValue get(DocumentValue document) {
        DocumentValue at = document;
        for (String part : parts) {
            at = switch (at) {
                case ObjectValue object -> object.get(part);
                case ArrayValue array -> array.get(index(part));
                default -> null;
            };
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private void lookUp(DocumentValue in, int depth, List<Integer> indexes, boolean numbersBranch, List<Branch> found) {
        String part = parts.get(depth);
        boolean byIndex = in instanceof ArrayValue;
        List<Integer> taken = indexes;
        DocumentValue value;
        if (in instanceof ArrayValue array) {
            int index = index(part);
            value = array.get(index);
            if (value == null) {
                return;
            }
            taken = and(indexes, index);
        } else {
            value = in instanceof ObjectValue object ? object.get(part) : null;
        }
        if (depth == parts.size() - 1) {
            found.add(new Branch(value, !(byIndex && value instanceof ArrayValue), taken));
            return;
        }
        switch (value) {
            case ObjectValue object -> lookUp(object, depth + 1, taken, numbersBranch, found);
            case ArrayValue array -> {
                lookUp(array, depth + 1, taken, numbersBranch, found);
                if (numbersBranch || index(parts.get(depth + 1)) < 0) {
                    for (int i = 0; i < array.elements().size(); i++) {
                        if (array.elements().get(i) instanceof ObjectValue object) {
                            lookUp(object, depth + 1, and(taken, i), numbersBranch, found);
                        }
                    }
                }
            }
            case null, default -> {
                if (!byIndex) {
                    found.add(new Branch(null, true, taken));
                }
            }
        }
    }

    private static List<Integer> and(List<Integer> indexes, int index) {
        List<Integer> more = new ArrayList<>(indexes);
        more.add(index);
        return more;
    }
}

package io.shardeddb.protocol.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has allowed by name, as one text: permissions with semicolons between them, for example
 * {@code drop orders.note; rebuild customers}. Names are told apart by case.
 *
 * @param allowed the permissions that can be read, in the form of {@link TableChange#permission()}
 * @param problems what cannot be read, each in a sentence with what is allowed; empty when all of it can
 */
public record TablePermissions(Set<String> allowed, List<String> problems) {

    /** Nothing is allowed. */
    public static final TablePermissions NONE = new TablePermissions(Set.of(), List.of());

    /** What a permission looks like, for people. */
    public static final String GRAMMAR = "drop TABLE, drop TABLE.COLUMN or rebuild TABLE, with semicolons between them";

    private static final Pattern PERMISSION = Pattern.compile(
            "drop " + Identifiers.PATTERN + "(\\." + Identifiers.PATTERN + ")?|rebuild " + Identifiers.PATTERN);

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    public TablePermissions {
        allowed = Set.copyOf(allowed);
        problems = List.copyOf(problems);
    }

    /**
     * Reads a text; of one that is absent or blank, nothing is allowed. What cannot be read allows nothing, and the
     * rest holds.
     */
    public static TablePermissions parse(@Nullable String text) {
        if (text == null) {
            return NONE;
        }
        Set<String> allowed = new TreeSet<>();
        List<String> problems = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            String permission = BLANKS.matcher(part.strip()).replaceAll(" ");
            if (PERMISSION.matcher(permission).matches()) {
                allowed.add(permission);
            } else if (!permission.isEmpty()) {
                problems.add("'" + permission + "' is no permission; allowed are " + GRAMMAR);
            }
        }
        return new TablePermissions(allowed, problems);
    }

    /** The text that allows these; parsed again it is the same. */
    public static String text(Collection<String> permissions) {
        return String.join("; ", new TreeSet<>(permissions));
    }
}

package io.shardeddb.protocol.schema;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names of tables and columns: checked at the door, so that nothing else reaches SQL. */
public final class Identifiers {

    /** What a name looks like. */
    public static final String PATTERN = "[A-Za-z_][A-Za-z0-9_$]{0,63}";

    /** Names that start so, in any case, are the system's own. */
    public static final String RESERVED_PREFIX = "_shardeddb";

    private static final Pattern IDENTIFIER = Pattern.compile(PATTERN);

    private Identifiers() {}

    /** Whether a user may give this name to a table or column. */
    public static boolean valid(String name) {
        return IDENTIFIER.matcher(name).matches()
                && !name.toLowerCase(Locale.ROOT).startsWith(RESERVED_PREFIX);
    }

    /** Quotes a checked name for SQL. @throws IllegalArgumentException for anything that is no identifier */
    public static String quote(String name) {
        if (!IDENTIFIER.matcher(name).matches()) {
            throw new IllegalArgumentException("not an identifier: " + name);
        }
        return "`" + name + "`";
    }
}

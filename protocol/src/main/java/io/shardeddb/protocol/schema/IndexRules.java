package io.shardeddb.protocol.schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a table's secondary indexes, each told in a sentence when it is broken. As {@link SchemaRules}, they
 * never become stricter.
 */
public final class IndexRules {

    /** Indexes of a table; each costs every write a share. */
    public static final int MAX_INDEXES = 16;

    /** Columns of an index. */
    public static final int MAX_COLUMNS = 8;

    /** Bytes that an index may declare: InnoDB's limit. */
    public static final int MAX_BYTES = SchemaRules.MAX_KEY_BYTES;

    /** Characters of a name. The databases allow 64, and the servers put a few in front of it. */
    public static final int LONGEST_NAME = 60;

    /** Characters of the name of an index of a path, of which the servers make the names of columns. */
    public static final int LONGEST_NAME_WITH_PATH = 48;

    /** Characters of a path. */
    public static final int LONGEST_PATH = 255;

    /** A path's names, none of them a number: a number would name an element or a member. */
    private static final Pattern PATH_NAME =
            Pattern.compile("(?!\\d+$)[^$.'\"`\\\\\\x00-\\x1f][^.'\"`\\\\\\x00-\\x1f]*");

    private IndexRules() {}

    /**
     * A broken rule.
     *
     * @param index its place in the list of indexes; -1: of the list as a whole
     * @param message what is wrong and what is allowed
     */
    record Problem(int index, String message) {}

    /** What is wrong with the indexes of a table of these columns; empty when nothing is. */
    static List<Problem> problems(List<ColumnDefinition> columns, List<IndexDefinition> indexes) {
        List<Problem> problems = new ArrayList<>();
        if (indexes.size() > MAX_INDEXES) {
            problems.add(new Problem(-1, "a table has at most " + MAX_INDEXES + " indexes, not " + indexes.size()));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < indexes.size(); i++) {
            IndexDefinition index = indexes.get(i);
            if (!Identifiers.valid(index.name()) || index.name().length() > LONGEST_NAME) {
                problems.add(new Problem(
                        i,
                        "index name '" + index.name() + "' must match " + Identifiers.PATTERN + ", have at most "
                                + LONGEST_NAME + " characters and not start with " + Identifiers.RESERVED_PREFIX));
            }
            if (!names.add(index.name().toLowerCase(Locale.ROOT))) {
                problems.add(new Problem(i, "index " + index.name() + " occurs twice"));
            }
            if (index.path() == null) {
                columnProblems(i, index, columns, problems);
            } else {
                pathProblems(i, index, index.path(), columns, problems);
            }
        }
        return problems;
    }

    private static void pathProblems(
            int place, IndexDefinition index, String path, List<ColumnDefinition> columns, List<Problem> problems) {
        if (index.name().length() > LONGEST_NAME_WITH_PATH) {
            problems.add(new Problem(
                    place,
                    "the name of an index of a path has at most " + LONGEST_NAME_WITH_PATH + " characters, and "
                            + index.name() + " has " + index.name().length()));
        }
        ColumnDefinition column =
                index.columns().size() == 1 ? find(columns, index.columns().getFirst()) : null;
        if (column == null || !(column.type() instanceof ColumnType.JsonType)) {
            problems.add(new Problem(
                    place, "index " + index.name() + " is of a path, so its only column must be a JSON column"));
        }
        if (!validPath(path)) {
            problems.add(new Problem(
                    place,
                    "'" + path + "' of index " + index.name() + " is no path that can have an index: names with dots"
                            + " between them, at most " + LONGEST_PATH + " characters, none of the names empty, a"
                            + " number, with quotes, backslashes or control characters, or beginning with $"));
        }
    }

    private static boolean validPath(String path) {
        return path.length() <= LONGEST_PATH
                && Stream.of(path.split("\\.", -1))
                        .allMatch(name -> PATH_NAME.matcher(name).matches());
    }

    private static void columnProblems(
            int place, IndexDefinition index, List<ColumnDefinition> columns, List<Problem> problems) {
        if (index.columns().isEmpty() || index.columns().size() > MAX_COLUMNS) {
            problems.add(new Problem(
                    place,
                    "index " + index.name() + " has " + index.columns().size() + " columns; 1 to " + MAX_COLUMNS
                            + " are allowed"));
        }
        int bytes = 0;
        Set<String> seen = new HashSet<>();
        for (String name : index.columns()) {
            if (!seen.add(name)) {
                problems.add(new Problem(place, "column " + name + " occurs twice in index " + index.name()));
            }
            ColumnDefinition column = find(columns, name);
            if (column == null) {
                problems.add(new Problem(
                        place, "column " + name + " of index " + index.name() + " is not a column of the table"));
                continue;
            }
            if (!column.type().keyable()) {
                problems.add(new Problem(
                        place,
                        "column " + name + " of type " + column.type().text() + " cannot be part of index "
                                + index.name()));
            }
            bytes += column.type().declaredBytes();
        }
        if (bytes > MAX_BYTES) {
            problems.add(new Problem(
                    place,
                    "index " + index.name() + " declares " + bytes + " bytes, at most " + MAX_BYTES + " are allowed"));
        }
    }

    private static @Nullable ColumnDefinition find(List<ColumnDefinition> columns, String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}

package io.shardeddb.documents.sql;

import io.shardeddb.documents.filter.Filter;
import java.util.List;
import java.util.Optional;

/**
 * A condition of SQL that is true for every document that a filter means, and false or unknown for most others. It has
 * only functions that MariaDB and MySQL compute alike.
 *
 * @param condition with a question mark for each parameter; empty if nothing can be left out
 * @param parameters texts and doubles, in the order of the question marks
 * @param left what of the filter the condition says nothing about, in words for {@code explain}
 */
public record Narrowing(String condition, List<Object> parameters, List<String> left) {

    /** Longest condition in parameters: statements of any length cost more than they save. */
    static final int MAX_PARAMETERS = 500;

    /** Copies the lists. */
    public Narrowing {
        parameters = List.copyOf(parameters);
        left = List.copyOf(left);
    }

    /**
     * The condition of a filter.
     *
     * @param column the JSON column, quoted as SQL wants it
     */
    public static Narrowing of(Filter filter, String column) {
        NarrowingCompiler compiler = new NarrowingCompiler(column);
        Optional<SqlPart> part =
                compiler.filter(filter).filter(each -> each.parameters().size() <= MAX_PARAMETERS);
        return new Narrowing(
                part.map(SqlPart::sql).orElse(""), part.map(SqlPart::parameters).orElse(List.of()), compiler.left());
    }

    /** Whether the database leaves anything out. */
    public boolean narrows() {
        return !condition.isEmpty();
    }
}

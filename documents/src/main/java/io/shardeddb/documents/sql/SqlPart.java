package io.shardeddb.documents.sql;

import java.util.ArrayList;
import java.util.List;

/** A piece of a condition, with what is bound to its question marks. */
record SqlPart(String sql, List<Object> parameters) {

    /** A piece, and its parameters in order. */
    static SqlPart of(String sql, Object... parameters) {
        return new SqlPart(sql, List.of(parameters));
    }

    /** Several pieces in brackets, with a word between them; a single piece stays as it is. */
    static SqlPart joined(String word, List<SqlPart> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        List<Object> parameters = new ArrayList<>();
        parts.forEach(part -> parameters.addAll(part.parameters()));
        return new SqlPart(
                "("
                        + String.join(
                                " " + word + " ",
                                parts.stream().map(SqlPart::sql).toList()) + ")",
                parameters);
    }
}

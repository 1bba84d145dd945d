package io.shardeddb.router.http.v1;

import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.http.RequestOptions;
import io.shardeddb.router.json.ConditionInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What If-Match and If-None-Match ask for (RFC 9110, section 13). A row's entity tag is its version in quotes: the same
 * for equal bytes only, so it is a strong one. Pure.
 *
 * @param conditions that a write must meet
 * @param known version that a reader has; 0: it has none
 * @param text both headers as they came, for the request's content
 */
public record EntityTags(List<Precondition> conditions, long known, String text) {

    private static final String IF_MATCH = "If-Match";
    private static final String IF_NONE_MATCH = "If-None-Match";
    private static final EntityTags NONE = new EntityTags(List.of(), 0, "");

    /**
     * Reads both headers.
     *
     * @param reads whether the request reads: then If-None-Match may name a version
     * @throws DatabaseException MALFORMED_REQUEST
     */
    public static EntityTags of(RequestOptions.Headers headers, boolean reads) {
        String match = headers.get(IF_MATCH);
        String noneMatch = headers.get(IF_NONE_MATCH);
        if (match == null && noneMatch == null) {
            return NONE;
        }
        List<Precondition> conditions = new ArrayList<>();
        if (match != null) {
            conditions.add(
                    isAny(match) ? new Precondition.Present() : new Precondition.Unchanged(version(IF_MATCH, match)));
        }
        long known = 0;
        if (noneMatch != null && reads) {
            known = isAny(noneMatch) ? 0 : version(IF_NONE_MATCH, noneMatch);
        } else if (noneMatch != null) {
            if (!isAny(noneMatch)) {
                throw wrong(IF_NONE_MATCH, "* with a write", noneMatch);
            }
            conditions.add(new Precondition.Absent());
        }
        return new EntityTags(List.copyOf(conditions), known, match + "\n" + noneMatch);
    }

    private static boolean isAny(String header) {
        return header.strip().equals("*");
    }

    private static long version(String name, String header) {
        String tag = header.strip();
        if (tag.length() < 3 || tag.charAt(0) != '"' || tag.charAt(tag.length() - 1) != '"') {
            throw wrong(name, "* or one entity tag in quotes, as an answer gave it", header);
        }
        try {
            return ConditionInput.version(tag.substring(1, tag.length() - 1));
        } catch (DatabaseException e) {
            throw e.with("header", name);
        }
    }

    private static DatabaseException wrong(String name, String allowed, @Nullable String given) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "header " + name + " must be " + allowed + ", not '" + given + "'",
                Map.of("header", name));
    }
}

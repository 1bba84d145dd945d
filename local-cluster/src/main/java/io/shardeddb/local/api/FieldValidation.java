package io.shardeddb.local.api;

/** What happens to a write with fields that the kind does not have. They are not stored in any case. */
public enum FieldValidation {
    /** They are dropped without a word. */
    IGNORE,
    /** They are dropped, and the answer carries a warning for each; what a request gets that asks for nothing. */
    WARN,
    /** The write is refused. */
    STRICT,
    /** Not looked for in built-in kinds: the cluster's own parts write. */
    TRUST;

    /** Reads the query parameter {@code fieldValidation}. */
    static FieldValidation of(String text) {
        return switch (text) {
            case "", "Warn" -> WARN;
            case "Ignore" -> IGNORE;
            case "Strict" -> STRICT;
            default ->
                throw ApiException.badRequest("fieldValidation: Unsupported value: \"" + text
                        + "\": supported values: \"Ignore\", \"Strict\", \"Warn\"");
        };
    }
}

package io.shardeddb.local.schema;

/**
 * One violation, as the details of an "Invalid" status name it.
 *
 * @param reason the cause's reason, as in FieldValueInvalid
 * @param field the path, as in spec.shards[0].size
 * @param message what is wrong and what is allowed
 */
public record FieldError(String reason, String field, String message) {
    static FieldError invalid(String field, String value, String message) {
        return new FieldError("FieldValueInvalid", field, "Invalid value: " + value + ": " + message);
    }

    static FieldError required(String field, String message) {
        return new FieldError(
                "FieldValueRequired", field, "Required value" + (message.isEmpty() ? "" : ": " + message));
    }

    static FieldError notSupported(String field, String value, String allowed) {
        return new FieldError(
                "FieldValueNotSupported", field, "Unsupported value: " + value + ": supported values: " + allowed);
    }

    static FieldError type(String field, String value, String expected) {
        return new FieldError(
                "FieldValueTypeInvalid",
                field,
                "Invalid value: \"" + value + "\": " + field + " in body must be of type " + expected + ": \"" + value
                        + "\"");
    }
}

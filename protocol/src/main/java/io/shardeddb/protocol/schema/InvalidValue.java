package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.error.ErrorCode;

/** A value that a type does not take; the column is added where it is known. */
final class InvalidValue extends RuntimeException {

    private final ErrorCode code;

    InvalidValue(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }

    static InvalidValue wrongType(Object input, String allowed) {
        return new InvalidValue(ErrorCode.WRONG_TYPE, describe(input) + " given, " + allowed + " expected");
    }

    static InvalidValue outOfRange(String message) {
        return new InvalidValue(ErrorCode.VALUE_OUT_OF_RANGE, message);
    }

    static InvalidValue tooLong(String message) {
        return new InvalidValue(ErrorCode.VALUE_TOO_LONG, message);
    }

    private static String describe(Object input) {
        return switch (input) {
            case String text -> "the string '" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'";
            case Number number -> "the number " + number;
            case Boolean bool -> bool.toString();
            case java.util.List<?> ignored -> "an array";
            case java.util.Map<?, ?> ignored -> "an object";
            default -> "something else";
        };
    }
}

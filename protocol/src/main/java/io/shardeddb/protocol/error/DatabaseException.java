package io.shardeddb.protocol.error;

import io.shardeddb.protocol.wire.ErrorDetail;
import java.util.Map;
import java.util.TreeMap;

/** Something was not done, with its code, a sentence for people, and details for programs. */
public final class DatabaseException extends RuntimeException {

    private final ErrorCode code;
    private final transient Map<String, String> details;

    /**
     * @param code the reason
     * @param message what was wrong, where, and what is allowed
     * @param details machine-readable context: "table", "column", "operation" (index in the request), "intervals", ...
     */
    public DatabaseException(ErrorCode code, String message, Map<String, String> details) {
        // Errors of input are ordinary answers, made often: only our own faults carry a stack trace.
        super(message, null, false, code == ErrorCode.INTERNAL);
        this.code = code;
        this.details = Map.copyOf(details);
    }

    /** An error without details. */
    public DatabaseException(ErrorCode code, String message) {
        this(code, message, Map.of());
    }

    /** What is wrong, for programs. */
    public ErrorCode code() {
        return code;
    }

    /** What the code says about the request's effect. */
    public ErrorKind kind() {
        return code.kind();
    }

    /** Further facts for programs, by name; empty if there are none. */
    public Map<String, String> details() {
        return details;
    }

    /** The sentence for people; never null. */
    public String text() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }

    /** The same error with one more detail, where the context is known further out. */
    public DatabaseException with(String name, String value) {
        Map<String, String> more = new TreeMap<>(details);
        more.put(name, value);
        return new DatabaseException(code, text(), more);
    }

    /** The form in which it travels inside answers. */
    public ErrorDetail toWire() {
        return ErrorDetail.newBuilder()
                .setCode(code.name())
                .setMessage(text())
                .putAllDetails(details)
                .build();
    }

    /** An error that came inside an answer. */
    public static DatabaseException ofWire(ErrorDetail detail) {
        return new DatabaseException(ErrorCode.ofName(detail.getCode()), detail.getMessage(), detail.getDetailsMap());
    }
}

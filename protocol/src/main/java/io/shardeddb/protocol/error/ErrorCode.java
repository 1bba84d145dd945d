package io.shardeddb.protocol.error;

import static io.shardeddb.protocol.error.ErrorKind.BUSY;
import static io.shardeddb.protocol.error.ErrorKind.FAILED;
import static io.shardeddb.protocol.error.ErrorKind.INVALID;
import static io.shardeddb.protocol.error.ErrorKind.REFUSED;
import static io.shardeddb.protocol.error.ErrorKind.UNKNOWN;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every reason for which something was not done. The names travel between processes and stand in HTTP answers: never
 * rename one.
 */
public enum ErrorCode {
    /** A request that lacks something, or has something in the wrong place. */
    MALFORMED_REQUEST(INVALID, 400),
    /** The body is not JSON; the details say where. */
    MALFORMED_JSON(INVALID, 400),
    /** A name that is not an identifier. */
    INVALID_IDENTIFIER(INVALID, 400),
    /** A description of tables that breaks a rule. */
    INVALID_SCHEMA(INVALID, 400),
    /** A request that needs a credential and has none, or a wrong one; the text says how to get it. */
    UNAUTHENTICATED(INVALID, 401),
    UNKNOWN_TABLE(INVALID, 404),
    UNKNOWN_COLUMN(INVALID, 400),
    /** No such path. */
    UNKNOWN_ENDPOINT(INVALID, 404),
    METHOD_NOT_ALLOWED(INVALID, 405),
    /** A value of another type than the column's. */
    WRONG_TYPE(INVALID, 400),
    /** A number or time outside the column type's range, or with more fraction digits than it has. */
    VALUE_OUT_OF_RANGE(INVALID, 400),
    VALUE_TOO_LONG(INVALID, 400),
    NULL_NOT_ALLOWED(INVALID, 400),
    /** A column without a value that must have one. */
    MISSING_COLUMN(INVALID, 400),
    /** A part of the primary key was not given. */
    MISSING_KEY(INVALID, 400),
    /** A key text that ends with a space: SQL would take it for equal to the one without. */
    TRAILING_SPACE_IN_KEY(INVALID, 400),
    /** An update that would change a part of the primary key. */
    KEY_NOT_CHANGEABLE(INVALID, 400),
    /** The same key twice in one request. */
    DUPLICATE_KEY_IN_REQUEST(INVALID, 400),
    /** No shard owns the key's position; the details list the intervals that exist. */
    NO_SHARD(INVALID, 400),
    /** A body, row or request above its limit. */
    TOO_LARGE(INVALID, 413),
    /** There is no such collection of documents. */
    COLLECTION_NOT_FOUND(INVALID, 404),
    /** No document, or none that a collection can hold. */
    INVALID_DOCUMENT(INVALID, 400),
    /** No filter of documents; the detail "at" says where. */
    INVALID_FILTER(INVALID, 400),
    /** No update of documents; the detail "at" says where. */
    INVALID_UPDATE(INVALID, 400),
    /** No pipeline; the detail "at" says where. */
    INVALID_PIPELINE(INVALID, 400),
    /** No projection of documents; the detail "at" says where. */
    INVALID_PROJECTION(INVALID, 400),
    /** No order of documents; the detail "at" says where. */
    INVALID_SORT(INVALID, 400),
    /** A cursor that was not given out, or for another request. */
    INVALID_CURSOR(INVALID, 400),
    /** The table of a collection or of a key-value space, which the endpoints of rows do not write to. */
    COLLECTION_TABLE(INVALID, 400),
    /** A key of a key-value space without a byte, or with more than 1,024. */
    INVALID_KEY(INVALID, 400),
    /** There is no such key-value space. */
    SPACE_NOT_FOUND(INVALID, 404),

    /** A row with this key exists. */
    DUPLICATE_KEY(REFUSED, 409),
    ROW_NOT_FOUND(REFUSED, 404),
    /** No document has this id. */
    DOCUMENT_NOT_FOUND(REFUSED, 404),
    /** The update does not fit the document. */
    UPDATE_FAILED(REFUSED, 409),
    /** A key-value space has no such key, or it has expired. */
    KEY_NOT_FOUND(REFUSED, 404),
    /** A key has a value that is no counter. */
    NOT_A_COUNTER(REFUSED, 409),
    /** The data broke a constraint of the table when it was applied. */
    CONSTRAINT_VIOLATED(REFUSED, 409),
    /** A precondition of the request does not hold for the row. */
    CONDITION_FAILED(REFUSED, 412),
    /** A computed value is beyond its bounds, or beyond what its column holds. */
    OUT_OF_BOUNDS(REFUSED, 409),
    /** A path into a JSON value leads through something that is no object and no array. */
    PATH_BLOCKED(REFUSED, 409),
    /** The request id was used before with another content. */
    REQUEST_CHANGED(REFUSED, 409),
    /**
     * The request id is older than the window in which repeats are recognised: whether it ran is not known here, it was
     * not run now.
     */
    REQUEST_EXPIRED(UNKNOWN, 504),
    /** The session has seen what the shard lost when it was recovered from a lost quorum: begin a new one. */
    SESSION_LOST(REFUSED, 409),
    /** The request id was closed by a settle before it ran. */
    REQUEST_CLOSED(REFUSED, 409),
    /** A settle found that the request never ran, and now never will. */
    REQUEST_NOT_RUN(REFUSED, 409),
    /** Something with this name exists with another content. */
    CONFLICT(REFUSED, 409),
    /** This database has given out no such id of a transaction, or so long ago that it is forgotten. */
    TRANSACTION_NOT_FOUND(REFUSED, 404),
    /** The transaction is over; the detail "state" says how it ended. */
    TRANSACTION_ENDED(REFUSED, 409),
    /** Another write came first to what the transaction has changed or read; it has changed nothing. Begin it again. */
    TRANSACTION_CONFLICT(REFUSED, 409),
    /** It would endanger data: the last copies, or a quorum. */
    UNSAFE(REFUSED, 409),
    /** Nobody may reshape this database through its routers. */
    ADMINISTRATION_OFF(REFUSED, 403),
    /** The committed configuration is another one than the caller decided on. */
    CONFIGURATION_CHANGED(REFUSED, 409),
    /** The replica here has another member id than the caller named. */
    WRONG_MEMBER(REFUSED, 409),
    /** A member is not caught up enough for what was asked. */
    NOT_CAUGHT_UP(REFUSED, 409),
    /** There is no replica of this group here. */
    UNKNOWN_GROUP(REFUSED, 503),
    /** This replica does not lead; a hint may say who does. */
    NOT_LEADER(REFUSED, 503),
    /** The position belongs elsewhere under the interval's present epoch. */
    MOVED(REFUSED, 503),
    /** The rows were made for another schema version. */
    SCHEMA_CHANGED(REFUSED, 503),
    /** The shard is not open for clients yet. */
    SHARD_CLOSED(REFUSED, 503),
    /** The server takes no writes: low disk space. */
    READ_ONLY(REFUSED, 503),
    /** The view that a copy was read from is no longer held: begin a new copy. */
    COPY_GONE(REFUSED, 503),
    /** The replica cannot answer as fresh as was asked. */
    TOO_STALE(REFUSED, 503),
    /** The database has no tables or no shards yet. */
    NOT_INITIALISED(REFUSED, 503),

    /** No leader could be reached in time; nothing was done. */
    NO_LEADER(BUSY, 503),
    /** A transaction that is not over has locked a row; nothing was done. */
    LOCKED(BUSY, 503),
    /** The shards of a transaction gave it up before it was decided; nothing was done. */
    TRANSACTION_RELEASED(BUSY, 503),
    /** What the transaction was to see is lost, because a server failed or tables changed. Begin it again. */
    TRANSACTION_LOST(BUSY, 503),
    /** The request id's issue time does not fit the shard's time, which the detail "millis" tells; it was not begun. */
    REQUEST_TIME(BUSY, 503),
    /** Too many requests are waiting. */
    OVERLOADED(BUSY, 503),
    /** A server of the shard is of an older version that cannot do this; it can be done when all are upgraded. */
    OLDER_SERVER(BUSY, 503),
    /** Others wrote the document again and again while a change of it was computed; nothing was changed. */
    BUSY_DOCUMENT(BUSY, 503),
    /** The process is going down. */
    SHUTTING_DOWN(BUSY, 503),
    /** The Kubernetes API does not answer. */
    KUBERNETES_UNAVAILABLE(BUSY, 503),

    /** The rows' database does not answer. */
    STORE_UNAVAILABLE(FAILED, 503),
    /** A read did not finish in time. */
    READ_TIMED_OUT(FAILED, 503),
    /** Some rows of a request over several shards were committed, others not. */
    PARTLY_COMMITTED(FAILED, 500),
    /** A fault of the software. */
    INTERNAL(FAILED, 500),

    /** It may or may not have been done; repeat it with the same request id. */
    OUTCOME_UNKNOWN(UNKNOWN, 504);

    private static final Map<String, ErrorCode> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(ErrorCode::name, Function.identity()));

    private final ErrorKind kind;
    private final int httpStatus;

    ErrorCode(ErrorKind kind, int httpStatus) {
        this.kind = kind;
        this.httpStatus = httpStatus;
    }

    /** What a caller may conclude. */
    public ErrorKind kind() {
        return kind;
    }

    /** The HTTP status under which the router answers it. */
    public int httpStatus() {
        return httpStatus;
    }

    /**
     * The code of a name off the wire; a name from a newer version is {@link #OUTCOME_UNKNOWN}, which concludes the
     * least.
     */
    public static ErrorCode ofName(String name) {
        return BY_NAME.getOrDefault(name, OUTCOME_UNKNOWN);
    }
}

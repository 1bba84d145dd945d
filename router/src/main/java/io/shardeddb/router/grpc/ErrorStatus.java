package io.shardeddb.router.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.wire.api.v1.Error;
import java.util.Locale;

/** Errors as {@code google.rpc.Status}: the code that gRPC knows, and ours with its details. Pure. */
public final class ErrorStatus {

    /** The domain of our codes in {@code google.rpc.ErrorInfo}. */
    public static final String DOMAIN = "shardeddb.io";

    /** Name under which an error's kind stands among its metadata. */
    public static final String KIND = "kind";

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int UNAVAILABLE = 503;

    private ErrorStatus() {}

    /** The code that gRPC knows. */
    public static Status.Code code(ErrorCode error) {
        return switch (error) {
            case DUPLICATE_KEY, CONFLICT -> Status.Code.ALREADY_EXISTS;
            // A client has to begin again further out, not to send this call again.
            case TRANSACTION_CONFLICT, TRANSACTION_LOST -> Status.Code.ABORTED;
            case UNKNOWN_ENDPOINT -> Status.Code.UNIMPLEMENTED;
            default -> ofKind(error);
        };
    }

    private static Status.Code ofKind(ErrorCode error) {
        if (error.kind() == ErrorKind.UNKNOWN) {
            return Status.Code.DEADLINE_EXCEEDED;
        }
        return switch (error.httpStatus()) {
            case UNAUTHORIZED -> Status.Code.UNAUTHENTICATED;
            case FORBIDDEN -> Status.Code.PERMISSION_DENIED;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case METHOD_NOT_ALLOWED -> Status.Code.UNIMPLEMENTED;
            case CONFLICT, PRECONDITION_FAILED -> Status.Code.FAILED_PRECONDITION;
            case UNAVAILABLE -> Status.Code.UNAVAILABLE;
            default -> error.kind() == ErrorKind.INVALID ? Status.Code.INVALID_ARGUMENT : Status.Code.INTERNAL;
        };
    }

    /** An error as it ends a call. */
    public static StatusRuntimeException of(DatabaseException error) {
        return of(error, code(error.code()));
    }

    /**
     * An error that came because the client's own time was over. What it says of the effect stays the same.
     *
     * @return DEADLINE_EXCEEDED, unless the request can never succeed
     */
    static StatusRuntimeException late(DatabaseException error) {
        boolean stays = error.kind() == ErrorKind.INVALID || error.kind() == ErrorKind.REFUSED;
        return of(error, stays ? code(error.code()) : Status.Code.DEADLINE_EXCEEDED);
    }

    private static StatusRuntimeException of(DatabaseException error, Status.Code code) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(error.text())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(error.code().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(error.details())
                        .putMetadata(KIND, kind(error))
                        .build()));
        if (error.code().httpStatus() == UNAVAILABLE) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(1))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** An error inside an answer. */
    public static Error message(DatabaseException error) {
        return Error.newBuilder()
                .setCode(error.code().name())
                .setKind(kind(error))
                .setMessage(error.text())
                .putAllDetails(error.details())
                .build();
    }

    private static String kind(DatabaseException error) {
        return error.kind().name().toLowerCase(Locale.ROOT);
    }
}

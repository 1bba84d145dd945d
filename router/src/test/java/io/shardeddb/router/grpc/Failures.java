package io.shardeddb.router.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Errors of calls, as clients meet them. */
final class Failures {

    private Failures() {}

    /** The error that a call ends with. */
    static StatusRuntimeException of(ThrowingCallable call) {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure).as("the call fails").isNotNull();
        return failure;
    }

    /** Our code and its details. */
    static ErrorInfo info(StatusRuntimeException error) {
        com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(error));
        assertThat(status.getDetailsCount()).as("%s", error).isPositive();
        try {
            return status.getDetails(0).unpack(ErrorInfo.class);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** gRPC's code, a space, and ours. */
    static String codes(ThrowingCallable call) {
        StatusRuntimeException failure = of(call);
        return failure.getStatus().getCode() + " " + info(failure).getReason();
    }
}

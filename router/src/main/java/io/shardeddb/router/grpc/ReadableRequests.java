package io.shardeddb.router.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.io.InputStream;

/**
 * Ends a call whose message cannot be read with INVALID_ARGUMENT: one with a text that is not UTF-8, or bytes that are
 * no such message. By itself the library would end it with UNKNOWN, as if the router had failed.
 */
final class ReadableRequests implements ServerInterceptor {

    private ReadableRequests() {}

    /** The service with its messages read here, where a fault can still be told. */
    static ServerServiceDefinition of(ServerServiceDefinition service) {
        return ServerInterceptors.intercept(
                ServerInterceptors.useMarshalledMessages(service, new Unread()), new ReadableRequests());
    }

    /** Messages as they came, and as they leave: the method's own form is made inside. */
    private static final class Unread implements MethodDescriptor.Marshaller<InputStream> {
        @Override
        public InputStream stream(InputStream message) {
            return message;
        }

        @Override
        public InputStream parse(InputStream message) {
            return message;
        }
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        return new Reading<>(call, next.startCall(call, headers));
    }

    private static final class Reading<A, B> extends SimpleForwardingServerCallListener<A> {
        private final ServerCall<A, B> call;
        private boolean ended;

        Reading(ServerCall<A, B> call, ServerCall.Listener<A> handler) {
            super(handler);
            this.call = call;
        }

        @Override
        public void onMessage(A message) {
            if (ended) {
                return;
            }
            try {
                super.onMessage(message);
            } catch (StatusRuntimeException e) {
                if (!isUnreadable(e)) {
                    throw e;
                }
                ended = true;
                StatusRuntimeException told = ErrorStatus.of(unreadable(e));
                Metadata trailers = told.getTrailers();
                call.close(told.getStatus(), trailers == null ? new Metadata() : trailers);
            }
        }

        @Override
        public void onHalfClose() {
            if (!ended) {
                super.onHalfClose();
            }
        }
    }

    /** So the library tells that bytes are no message. */
    private static boolean isUnreadable(StatusRuntimeException e) {
        return e.getStatus().getCode() == Status.Code.INTERNAL
                && e.getCause() instanceof com.google.protobuf.InvalidProtocolBufferException;
    }

    private static DatabaseException unreadable(StatusRuntimeException e) {
        Throwable cause = e.getCause();
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "the request's message cannot be read: " + (cause == null ? e.getMessage() : cause.getMessage()));
    }
}

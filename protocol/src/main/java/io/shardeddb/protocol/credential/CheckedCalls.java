package io.shardeddb.protocol.credential;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Refuses gRPC calls whose caller is not welcome, before anything of them is read: UNAUTHENTICATED, and why. */
public final class CheckedCalls implements ServerInterceptor {
    private final Authentication authentication;

    /** @param authentication judges each call when it begins */
    public CheckedCalls(Authentication authentication) {
        this.authentication = authentication;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String refusal = authentication.refusal(BearerToken.presented(headers.get(CredentialedCalls.KEY)));
        if (refusal == null) {
            return next.startCall(call, headers);
        }
        call.close(Status.UNAUTHENTICATED.withDescription(refusal), new Metadata());
        return new ServerCall.Listener<>() {};
    }
}

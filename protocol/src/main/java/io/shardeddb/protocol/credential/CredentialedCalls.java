package io.shardeddb.protocol.credential;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows the secret with every gRPC call: the one in force when the call begins. */
public final class CredentialedCalls implements ClientInterceptor {
    static final Metadata.Key<String> KEY = Metadata.Key.of(BearerToken.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private final Supplier<@Nullable DatabaseSecret> shown;

    /** @param shown the secret to show now; none: the call shows nothing */
    public CredentialedCalls(Supplier<@Nullable DatabaseSecret> shown) {
        this.shown = shown;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                DatabaseSecret secret = shown.get();
                if (secret != null) {
                    headers.put(KEY, BearerToken.of(secret));
                }
                super.start(listener, headers);
            }
        };
    }
}

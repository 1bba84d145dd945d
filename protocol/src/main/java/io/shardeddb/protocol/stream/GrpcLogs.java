package io.shardeddb.protocol.stream;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What gRPC logs by itself, in stack traces, about what its callers are told anyway and handle. Channels and servers of
 * this project are made after {@link #quiet()}.
 */
public final class GrpcLogs {

    /** Held here, because a logger that nobody holds forgets its level. */
    private static final List<Logger> QUIET = List.of(
            // "Failed to resolve name": the server is being made or is gone. Each call on the channel fails with it.
            Logger.getLogger("io.grpc.internal.ManagedChannelImpl"),
            // "Stream Error": the other side went away within an answer. The call is cancelled, which its handler sees.
            Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler"));

    private GrpcLogs() {}

    /** Leaves to these loggers only what is SEVERE: faults of gRPC itself. */
    public static void quiet() {
        QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    }
}

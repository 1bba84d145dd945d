package io.shardeddb.router.grpc;

import io.shardeddb.router.config.ListenAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the public gRPC API listens.
 *
 * @param host an address of this machine; all of them for {@code 0.0.0.0}
 * @param port 1 to 65,535; 0 means any free one
 */
public record ApiAddress(String host, int port) {

    private static final String PORT = "GRPC_PORT";
    private static final int USUAL_PORT = 5001;
    private static final int GREATEST_PORT = 65_535;

    /**
     * Reads the environment: GRPC_PORT (5001), and POD_IP as {@link ListenAddress} does.
     *
     * @return null when GRPC_PORT is {@code 0} or {@code off}
     * @throws IllegalArgumentException naming the variable, when it is no port
     */
    public static @Nullable ApiAddress of(Map<String, String> environment) {
        String text = environment.getOrDefault(PORT, "").strip();
        int port = text.isEmpty() ? USUAL_PORT : port(text);
        return port == 0 ? null : new ApiAddress(ListenAddress.of(environment), port);
    }

    private static int port(String text) {
        if (text.equals("off")) {
            return 0;
        }
        try {
            int port = Integer.parseUnsignedInt(text);
            if (port <= GREATEST_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("the environment variable " + PORT + " is '" + text + "'; it can be 1 to "
                + GREATEST_PORT + ", and 0 or off for no gRPC API");
    }
}

package io.shardeddb.operator.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of the operator, from the environment.
 *
 * @param namespaces namespaces to watch; empty: all
 * @param serverImage image of the shard server
 * @param routerImage image of the router
 * @param address address to serve health on
 * @param leaderElection whether several operators run and one of them leads
 * @param namespace namespace of the operator itself, for its lease
 * @param identity name of this operator in the lease
 * @param serverEnvironment variables handed through to every shard server: those named {@code SERVER_ENV_<NAME>}
 */
public record OperatorSettings(
        List<String> namespaces,
        String serverImage,
        String routerImage,
        String address,
        boolean leaderElection,
        String namespace,
        String identity,
        Map<String, String> serverEnvironment) {

    /** Port of health and metrics. */
    public static final int HEALTH_PORT = 8080;

    private static final String HANDED_THROUGH = "SERVER_ENV_";

    /** Reads the settings; every one of them has a default. */
    public static OperatorSettings of(Map<String, String> environment) {
        List<String> namespaces = Optional.ofNullable(environment.get("WATCH_NAMESPACE"))
                .filter(value -> !value.isBlank())
                .map(value -> List.of(value.split("\\s*,\\s*", -1)))
                .orElse(List.of());
        Map<String, String> handedThrough = new java.util.TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(HANDED_THROUGH)) {
                handedThrough.put(name.substring(HANDED_THROUGH.length()), value);
            }
        });
        return new OperatorSettings(
                namespaces,
                value(environment, "SERVER_IMAGE", "shardeddb/shard-server:0.1.0"),
                value(environment, "ROUTER_IMAGE", "shardeddb/router:0.1.0"),
                value(environment, "POD_IP", "0.0.0.0"),
                Boolean.parseBoolean(value(environment, "LEADER_ELECTION", "false")),
                value(environment, "POD_NAMESPACE", "default"),
                value(environment, "POD_NAME", "operator"),
                Map.copyOf(handedThrough));
    }

    private static String value(Map<String, String> environment, String name, String fallback) {
        return Objects.requireNonNullElse(environment.get(name), fallback);
    }
}

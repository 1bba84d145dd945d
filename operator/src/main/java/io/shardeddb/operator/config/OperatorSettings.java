package io.shardeddb.operator.config;

import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ShardedDatabaseSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

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
 * @param administration who may reshape a database through its routers where its spec does not say
 * @param monitoringNamespaces namespaces from which the servers' metrics are collected
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
        Administration administration,
        List<String> monitoringNamespaces,
        Map<String, String> serverEnvironment) {

    /** Port of health and metrics. */
    public static final int HEALTH_PORT = 8080;

    private static final String HANDED_THROUGH = "SERVER_ENV_";

    /**
     * Reads the settings; every one of them has a default.
     *
     * @throws IllegalArgumentException naming the variable that has a value which it cannot have
     */
    public static OperatorSettings of(Map<String, String> environment) {
        List<String> namespaces = list(environment, "WATCH_NAMESPACE");
        Map<String, String> handedThrough = new TreeMap<>();
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
                administration(value(environment, "ADMINISTRATION", Administration.Token.name())),
                list(environment, "MONITORING_NAMESPACES"),
                Map.copyOf(handedThrough));
    }

    private static Administration administration(String value) {
        return Arrays.stream(Administration.values())
                .filter(mode -> mode.name().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the environment variable ADMINISTRATION is '" + value
                        + "'; it can be " + Arrays.toString(Administration.values())));
    }

    /** Who may reshape a database through its routers. */
    public Administration administration(ShardedDatabaseSpec spec) {
        return Objects.requireNonNullElse(spec.router().administration(), administration);
    }

    private static List<String> list(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isBlank())
                .map(value -> List.of(value.strip().split("\\s*,\\s*", -1)))
                .orElse(List.of());
    }

    private static String value(Map<String, String> environment, String name, String fallback) {
        return Objects.requireNonNullElse(environment.get(name), fallback);
    }
}

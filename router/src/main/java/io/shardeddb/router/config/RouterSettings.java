package io.shardeddb.router.config;

import io.shardeddb.crds.Administration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the environment tells the router.
 *
 * @param namespace of the ShardedDatabase
 * @param database name of the ShardedDatabase
 * @param writeTimeout how long a write may wait, a leader change included
 * @param readTimeout how long a read may wait for its first rows
 * @param clusterTimeout how long /init, /add and /rm wait for the cluster before they answer 202
 * @param administration who may use these, and hand over a shard's leadership
 * @param administrationToken file with the token that they need under {@link Administration#Token}; read at each such
 *     request
 * @param credentialFile what this router shows to servers; absent: nothing, as routers of older versions
 */
public record RouterSettings(
        String namespace,
        String database,
        Duration writeTimeout,
        Duration readTimeout,
        Duration clusterTimeout,
        Administration administration,
        Path administrationToken,
        @Nullable Path credentialFile) {

    /** Longest that one attempt at one server may take before another one is asked. */
    public static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Reads the environment: POD_NAMESPACE, DATABASE_NAME, and optionally WRITE_TIMEOUT_MILLIS (10,000),
     * READ_TIMEOUT_MILLIS (10,000) and CLUSTER_TIMEOUT_MILLIS (120,000), ADMINISTRATION (Token),
     * ADMINISTRATION_TOKEN_FILE and CREDENTIAL_FILE (none).
     *
     * @throws IllegalArgumentException naming the variable that is missing, no number, or not one of the values it can
     *     have
     */
    public static RouterSettings of(Map<String, String> environment) {
        return new RouterSettings(
                needed(environment, "POD_NAMESPACE"),
                needed(environment, "DATABASE_NAME"),
                millis(environment, "WRITE_TIMEOUT_MILLIS", 10_000),
                millis(environment, "READ_TIMEOUT_MILLIS", 10_000),
                millis(environment, "CLUSTER_TIMEOUT_MILLIS", 120_000),
                administration(environment.get("ADMINISTRATION")),
                Path.of(environment.getOrDefault("ADMINISTRATION_TOKEN_FILE", "/etc/shardeddb/administration/token")),
                file(environment, "CREDENTIAL_FILE"));
    }

    /** What was not said is taken for the mode that lets nobody in without a token. */
    private static Administration administration(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return Administration.Token;
        }
        return Arrays.stream(Administration.values())
                .filter(mode -> mode.name().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the environment variable ADMINISTRATION is '" + value
                        + "'; it can be " + Arrays.toString(Administration.values())));
    }

    private static @Nullable Path file(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : Path.of(value.strip());
    }

    private static String needed(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("the environment variable " + name + " is not set");
        }
        return value;
    }

    private static Duration millis(Map<String, String> environment, String name, long absent) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            return Duration.ofMillis(absent);
        }
        try {
            return Duration.ofMillis(Long.parseUnsignedLong(value.strip()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the environment variable " + name + " is no number of milliseconds: " + value);
        }
    }
}

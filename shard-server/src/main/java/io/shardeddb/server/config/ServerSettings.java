package io.shardeddb.server.config;

import io.shardeddb.server.log.LogSettings;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All settings of the process.
 *
 * @param bindAddress address to listen on and to send from; absent for all
 * @param grpcPort port of the gRPC services; 0 takes a free one (tests)
 * @param httpPort port of the HTTP endpoints
 * @param database name of the ShardedDatabase
 * @param namespace its namespace
 * @param server this server's name as given
 * @param advertisedAddress host:port at which the other servers reach the gRPC port
 * @param dataDirectory holds identity, lock and log
 * @param mysql the rows' database
 * @param logCapacityBytes budget of the log
 * @param faultSwitches whether /faults exists
 * @param credentialFile what this server shows to others and asks of its callers; absent: nothing, as servers of older
 *     versions
 */
public record ServerSettings(
        @Nullable String bindAddress,
        int grpcPort,
        int httpPort,
        String database,
        String namespace,
        String server,
        String advertisedAddress,
        Path dataDirectory,
        DatabaseAddress mysql,
        long logCapacityBytes,
        boolean faultSwitches,
        @Nullable Path credentialFile) {
    /** Port of the gRPC services. */
    public static final int GRPC_PORT = 7000;
    /** Port of the HTTP endpoints. */
    public static final int HTTP_PORT = 5000;

    private static final int MYSQL_PORT = 3306;
    private static final long DEFAULT_LOG_CAPACITY = 1L << 30;
    private static final int GREATEST_PORT = 65535;

    /**
     * Reads the environment.
     *
     * @throws IllegalArgumentException naming the variable that is missing or wrong, and what is allowed
     */
    public static ServerSettings of(Map<String, String> environment) {
        String podIp = environment.get("POD_IP");
        String bind = podIp == null || podIp.isBlank() ? null : podIp;
        String mysqlHost = environment.getOrDefault("MYSQL_HOST", bind == null ? "127.0.0.1" : bind);
        return new ServerSettings(
                bind,
                port(environment, "GRPC_PORT", GRPC_PORT),
                port(environment, "HTTP_PORT", HTTP_PORT),
                required(environment, "DATABASE_NAME"),
                environment.getOrDefault("POD_NAMESPACE", "default"),
                required(environment, "SERVER_NAME"),
                endpoint(required(environment, "ADVERTISED_ADDRESS")),
                Path.of(environment.getOrDefault("DATA_DIRECTORY", "/var/lib/shardeddb")),
                new DatabaseAddress(
                        mysqlHost,
                        port(environment, "MYSQL_PORT", MYSQL_PORT),
                        environment.getOrDefault("MYSQL_USER", "root"),
                        password(environment)),
                capacity(environment),
                flag(environment, "FAULT_SWITCHES"),
                file(environment, "CREDENTIAL_FILE"));
    }

    private static @Nullable Path file(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : Path.of(value.strip());
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("the environment variable " + name + " is missing");
        }
        return value;
    }

    /** The content of the file that MYSQL_PASSWORD_FILE names, or else MYSQL_PASSWORD; empty for none. */
    private static String password(Map<String, String> environment) {
        String file = environment.get("MYSQL_PASSWORD_FILE");
        if (file == null || file.isBlank()) {
            return environment.getOrDefault("MYSQL_PASSWORD", "");
        }
        try {
            return Files.readString(Path.of(file)).stripTrailing();
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "MYSQL_PASSWORD_FILE is \"" + file + "\", which cannot be read: " + e, e);
        }
    }

    private static String endpoint(String value) {
        int colon = value.lastIndexOf(':');
        if (colon <= 0 || !value.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("ADVERTISED_ADDRESS is host:port, not \"" + value + "\"");
        }
        return value;
    }

    private static int port(Map<String, String> environment, String name, int otherwise) {
        long port = number(environment, name, otherwise);
        if (port < 0 || port > GREATEST_PORT) {
            throw new IllegalArgumentException(name + " is " + port + "; allowed is 0 to " + GREATEST_PORT);
        }
        return (int) port;
    }

    private static long capacity(Map<String, String> environment) {
        long capacity = number(environment, "LOG_CAPACITY_BYTES", DEFAULT_LOG_CAPACITY);
        if (capacity < LogSettings.MIN_CAPACITY_BYTES) {
            throw new IllegalArgumentException("LOG_CAPACITY_BYTES is " + capacity + "; at least "
                    + LogSettings.MIN_CAPACITY_BYTES + " are needed");
        }
        return capacity;
    }

    private static long number(Map<String, String> environment, String name, long otherwise) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            return otherwise;
        }
        try {
            return Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is \"" + value + "\", not a whole number", e);
        }
    }

    private static boolean flag(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "false").trim();
        return switch (value) {
            case "true" -> true;
            case "false", "" -> false;
            default -> throw new IllegalArgumentException(name + " is \"" + value + "\"; allowed are true and false");
        };
    }
}

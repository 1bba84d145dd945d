package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.PodPorts;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.DatabaseOptions;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.profile.Profile;
import io.shardeddb.cli.profile.Profiles;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.TableSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that work on rows: which database, and how long to try. */
public final class TableOptions {

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Address of the router. Default: the one in the database's status.")
    @Nullable
    String endpoint;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long one request may take, repeats included. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 30;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Use the address and the credentials of this profile. Default: environment SDB_PROFILE.")
    @Nullable
    String profile;

    /**
     * A client of the router that is meant. The caller closes it.
     *
     * @throws CommandFailure when there is none yet, or when the profile cannot be used
     */
    public RouterClient connect() {
        @Nullable Profile chosen = chosen();
        @Nullable String token = chosen == null ? null : chosen.token();
        @Nullable String address = endpoint == null && chosen != null ? chosen.endpoint() : endpoint;
        if (address != null) {
            return new RouterClient(address, timeout(), token, List.of());
        }
        if (chosen != null) {
            database.assume(chosen);
        }
        return router(database, timeout(), token);
    }

    private Duration timeout() {
        return Duration.ofSeconds(Math.max(timeoutSeconds, 1));
    }

    /**
     * A client of a database's routers: at their address in the local cluster, and through the Kubernetes API in
     * another one. The caller closes it.
     *
     * @param token sent with every request as a bearer's; null: none
     * @throws CommandFailure when there is no router yet
     */
    public static RouterClient router(DatabaseOptions database, Duration timeout, @Nullable String token) {
        Cluster connected = database.connect();
        boolean kept = false;
        try {
            ShardedDatabase found = database.of(connected);
            if (!database.cluster().external()) {
                return new RouterClient(endpoint(found), timeout, token, List.of());
            }
            PodPorts ports = connected.routers(found.getMetadata().getName());
            kept = true;
            return new RouterClient(ports.address(), timeout, token, List.of(ports, connected));
        } finally {
            if (!kept) {
                connected.close();
            }
        }
    }

    private @Nullable Profile chosen() {
        @Nullable String wanted = profile == null ? System.getenv("SDB_PROFILE") : profile;
        return wanted == null || wanted.isBlank()
                ? null
                : Profiles.read(Profiles.file(System.getenv(), System.getProperty("user.home")), wanted);
    }

    /**
     * The header that lets a request reshape the database, where that needs a token: the one of the database's Secret.
     * Empty if the command line or the profile names the router itself: the profile says the credentials then.
     */
    public Map<String, String> administration() {
        @Nullable Profile chosen = chosen();
        if (endpoint != null || (chosen != null && (chosen.endpoint() != null || chosen.token() != null))) {
            return Map.of();
        }
        if (chosen != null) {
            database.assume(chosen);
        }
        try (Cluster connected = database.connect()) {
            return AdministrationToken.headers(connected, database.of(connected));
        }
    }

    /** Which cluster and database are meant. */
    public DatabaseOptions database() {
        return database;
    }

    /** The table as it is in force. @throws CommandFailure when there is no such table */
    public TableSpec table(RouterClient router, String table) throws InterruptedException {
        return TablesInForce.one(router, table, patience());
    }

    /** Rows of the table, repeated requests included in the given patience. */
    public Rows rows(RouterClient router, String table) {
        return new Rows(router, table, RequestIds.fresh(), patience());
    }

    /** How long one request may take, repeats included. */
    public Duration patience() {
        return Duration.ofSeconds(timeoutSeconds);
    }

    /** Where the database's router answers. @throws CommandFailure when there is none yet */
    public static String endpoint(ShardedDatabase database) {
        @Nullable ShardedDatabaseStatus status = database.getStatus();
        if (status == null || status.endpoint() == null) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "database " + database.getMetadata().getName() + " has no router yet; see sdb status");
        }
        return status.endpoint();
    }

    /** That there is no row of this key. */
    public static CommandFailure noRow(List<String> key, String table) {
        return new CommandFailure(ExitCode.NEGATIVE, "no row " + String.join(" ", key) + " in " + table);
    }

    /** A row from {@code column=value} words, with values as the table's columns take them. */
    public static ObjectNode row(Map<String, String> words, TableSpec table) {
        ObjectNode row = Json.object();
        words.forEach((column, text) -> row.set(column, Cells.value(text, Cells.type(table, column))));
        return row;
    }

    /** The object that a text is. @throws CommandFailure when it is not one JSON object */
    public static JsonNode object(String text) {
        try {
            JsonNode node = Json.MAPPER.readTree(text);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, "not JSON: " + e.getMessage(), e);
        }
        throw new CommandFailure(ExitCode.DATA, "not a JSON object: " + text);
    }
}

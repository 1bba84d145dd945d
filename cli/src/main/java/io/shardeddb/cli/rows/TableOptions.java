package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.DatabaseOptions;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
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

    /** Where the router is. @throws CommandFailure when the database has none yet */
    String endpoint() {
        if (endpoint != null) {
            return endpoint;
        }
        return endpoint(database.read());
    }

    /** The table as it is in force. @throws CommandFailure when there is no such table */
    TableSpec table(RouterClient router, String table) throws InterruptedException {
        return TablesInForce.one(router, table, patience());
    }

    /** Rows of the table, repeated requests included in the given patience. */
    Rows rows(RouterClient router, String table) {
        return new Rows(router, table, RequestIds.fresh(), patience());
    }

    Duration patience() {
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
    static CommandFailure noRow(List<String> key, String table) {
        return new CommandFailure(ExitCode.NEGATIVE, "no row " + String.join(" ", key) + " in " + table);
    }

    /** A row from {@code column=value} words, with values as the table's columns take them. */
    static ObjectNode row(Map<String, String> words, TableSpec table) {
        ObjectNode row = Json.object();
        words.forEach((column, text) -> row.set(column, Cells.value(text, Cells.type(table, column))));
        return row;
    }

    /** @throws CommandFailure when the text is not one JSON object */
    static JsonNode object(String text) {
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

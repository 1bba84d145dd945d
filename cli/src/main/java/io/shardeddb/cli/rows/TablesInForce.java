package io.shardeddb.cli.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.crds.TableSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables that rows have now, as a router knows them. What a specification asks for may be refused, or not be there
 * yet.
 */
public final class TablesInForce {

    private TablesInForce() {}

    /**
     * All tables, in their order.
     *
     * @param patience how long to ask
     * @throws CommandFailure when the router does not say
     */
    public static List<TableSpec> all(RouterClient router, Duration patience) throws InterruptedException {
        Answer answer = router.sendUntil("GET", "v1/tables", null, null, patience);
        Rows.check(answer);
        List<TableSpec> tables = new ArrayList<>();
        for (JsonNode table : answer.body().path("tables")) {
            try {
                tables.add(Json.MAPPER.treeToValue(table, TableSpec.class));
            } catch (JsonProcessingException e) {
                throw new CommandFailure(ExitCode.SOFTWARE, "the router tells of a table that is none: " + table, e);
            }
        }
        return tables;
    }

    /**
     * One table.
     *
     * @param name null: the only one
     * @throws CommandFailure when there is none of this name, or when there are several and none is named
     */
    public static TableSpec one(RouterClient router, @Nullable String name, Duration patience)
            throws InterruptedException {
        List<TableSpec> tables = all(router, patience);
        List<String> names = tables.stream().map(TableSpec::name).toList();
        if (name == null && names.size() != 1) {
            throw new CommandFailure(ExitCode.USAGE, "choose a table with --table; there is " + names);
        }
        return tables.stream()
                .filter(table -> name == null || table.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new CommandFailure(ExitCode.DATA, "there is no table " + name + "; there is " + names));
    }
}

package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.output.RecordOptions;
import io.shardeddb.cli.output.RecordPrinter;
import io.shardeddb.cli.rowfilter.RowFilter;
import io.shardeddb.cli.rowfilter.RowFind;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.crds.TableSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sdb count}. */
@Command(
        name = "count",
        mixinStandardHelpOptions = true,
        description = "Counts the rows or documents that match a filter.",
        footer = {
            "",
            "Examples:",
            "  sdb count people                                    all documents",
            "  sdb count people '{\"born\":{\"$lt\":1900}}'",
            "  sdb count StudT '{\"Stud_marks\":{\"$gte\":50}}'        reads the rows and counts them here"
        })
public final class CountCommand extends RecordCommand {

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILTER", description = "A JSON object. Default: all.")
    @Nullable
    String filter;

    @Mixin
    RecordOptions output = new RecordOptions();

    @Override
    int run(RouterClient router, Target target) throws InterruptedException {
        ObjectNode asked = filter == null ? Json.object() : JsonText.object(filter, "the filter");
        long count = switch (target) {
            case Target.Table table -> rows(router, table.spec(), asked);
            case Target.Collection documents -> {
                ObjectNode body = Json.object();
                body.set("filter", asked);
                yield collection(router).ask("count", body).path("count").asLong();
            }
        };
        RecordPrinter printer = output.printer(terminal.out());
        printer.print(Json.object().put("count", count));
        printer.end();
        return ExitCode.OK;
    }

    private long rows(RouterClient router, TableSpec table, ObjectNode asked) throws InterruptedException {
        // The key's columns are enough to count by.
        ObjectNode key = Json.object();
        table.primaryKey().forEach(column -> key.put(column, 1));
        long[] count = new long[1];
        new RowFind(table, RowFilter.of(asked, table), Json.object(), key, 0, Long.MAX_VALUE)
                .run(options.rows(router, name), row -> {
                    count[0]++;
                    return true;
                });
        return count[0];
    }
}

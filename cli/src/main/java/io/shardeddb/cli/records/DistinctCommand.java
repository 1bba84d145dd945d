package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.output.RecordOptions;
import io.shardeddb.cli.output.RecordPrinter;
import io.shardeddb.cli.rowfilter.RowFilter;
import io.shardeddb.cli.rowfilter.RowFind;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.crds.TableSpec;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sdb distinct}. */
@Command(
        name = "distinct",
        mixinStandardHelpOptions = true,
        description = "Shows the different values of a column, or at a path of documents.",
        footer = {
            "",
            "Examples:",
            "  sdb distinct people address.city",
            "  sdb distinct people address.city '{\"born\":{\"$lt\":1900}}'",
            "  sdb distinct StudT Stud_marks"
        })
public final class DistinctCommand extends RecordCommand {

    private static final int VALUES_MAX = 100_000;

    @Parameters(index = "1", paramLabel = "PATH", description = "The column, or the path, such as address.city.")
    String path = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "FILTER", description = "A JSON object. Default: all.")
    @Nullable
    String filter;

    @Mixin
    RecordOptions output = new RecordOptions();

    @Override
    int run(RouterClient router, Target target) throws InterruptedException {
        ObjectNode asked = filter == null ? Json.object() : JsonText.object(filter, "the filter");
        RecordPrinter printer = output.printer(terminal.out());
        switch (target) {
            case Target.Table table -> rows(router, table.spec(), asked).forEach(printer::print);
            case Target.Collection documents -> {
                ObjectNode body = Json.object().put("path", path);
                body.set("filter", asked);
                collection(router).ask("distinct", body).path("values").forEach(printer::print);
            }
        }
        printer.end();
        return ExitCode.OK;
    }

    private Set<JsonNode> rows(RouterClient router, TableSpec table, ObjectNode asked) throws InterruptedException {
        Set<JsonNode> values = new LinkedHashSet<>();
        ObjectNode column = Json.object().put(path, 1);
        new RowFind(table, RowFilter.of(asked, table), Json.object(), column, 0, Long.MAX_VALUE)
                .run(options.rows(router, name), row -> {
                    values.add(row.path(path));
                    if (values.size() > VALUES_MAX) {
                        throw new CommandFailure(
                                ExitCode.DATA, path + " has more than " + VALUES_MAX + " different values");
                    }
                    return true;
                });
        return values;
    }
}

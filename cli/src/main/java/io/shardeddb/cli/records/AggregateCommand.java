package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.output.RecordOptions;
import io.shardeddb.cli.output.RecordPrinter;
import io.shardeddb.cli.rows.RouterClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sdb aggregate}. */
@Command(
        name = "aggregate",
        mixinStandardHelpOptions = true,
        description = "Runs a pipeline over the documents of a collection.",
        footer = {
            "",
            "Examples:",
            "  sdb aggregate people '[{\"$match\":{\"born\":{\"$lt\":1900}}},{\"$count\":\"old\"}]'",
            "  sdb aggregate orders '[{\"$group\":{\"_id\":\"$customer.id\",\"sum\":{\"$sum\":\"$total\"}}}]' -o table",
            "",
            "docs/documents.md has the stages."
        })
public final class AggregateCommand extends RecordCommand {

    @Parameters(index = "1", paramLabel = "PIPELINE", description = "A JSON array of stages.")
    String pipeline = "";

    @Mixin
    RecordOptions output = new RecordOptions();

    @Override
    int run(RouterClient router, Target target) throws InterruptedException {
        if (target instanceof Target.Table) {
            throw notForTables("a pipeline", "use sdb find, count or distinct");
        }
        JsonNode stages = JsonText.value(pipeline, "the pipeline");
        if (!stages.isArray()) {
            throw new CommandFailure(ExitCode.DATA, "the pipeline is not a JSON array: " + pipeline);
        }
        ObjectNode body = Json.object();
        body.set("pipeline", stages);
        RecordPrinter printer = output.printer(terminal.out());
        collection(router).stream("aggregate", body, document -> {
            printer.print(document);
            return !terminal.out().checkError();
        });
        printer.end();
        return ExitCode.OK;
    }
}

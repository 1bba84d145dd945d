package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.output.RecordOptions;
import io.shardeddb.cli.output.RecordPrinter;
import io.shardeddb.cli.rowfilter.RowChange;
import io.shardeddb.cli.rowfilter.RowFilter;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.WriteCommand;
import io.shardeddb.crds.TableSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb update}. */
@Command(
        name = "update",
        mixinStandardHelpOptions = true,
        description = "Changes a row of a table, or documents of a collection.",
        footer = {
            "",
            "Examples:",
            "  sdb update StudT 4097 Stud_marks=99",
            "  sdb update orders ada 17 total=12.50 -d shop      a key of two columns",
            "  sdb update StudT '{\"Stud_id\":4097}' '{\"$inc\":{\"Stud_marks\":1}}'",
            "  sdb update people '{\"_id\":\"ada\"}' '{\"$inc\":{\"visits\":1}}' --upsert",
            "  sdb update people '{\"born\":{\"$lt\":1900}}' '{\"$set\":{\"old\":true}}' --many",
            "",
            "A row is named by its whole key; further comparisons are conditions. Exit code 1 when nothing matches."
        })
public final class UpdateCommand extends RecordCommand {

    /** Which state of a document to show. */
    enum Return {
        BEFORE,
        AFTER
    }

    @Parameters(
            index = "1..*",
            arity = "2..*",
            paramLabel = "FILTER UPDATE|KEY... COLUMN=VALUE",
            description = "A filter and an update as JSON; or the value of each key column, then columns to set.")
    List<String> words = List.of();

    @Option(names = "--many", description = "Change all documents that match, in place of the first.")
    boolean many;

    @Option(names = "--upsert", description = "Insert if nothing matches.")
    boolean upsert;

    @Option(
            names = "--return",
            paramLabel = "WHEN",
            description = "Show the document as it was before, or as it is after: before or after.")
    @Nullable
    Return shown;

    @Mixin
    RecordOptions output = new RecordOptions();

    @Override
    void check() {
        boolean filter = JsonText.isObject(words.getFirst());
        boolean update = words.size() == 2
                && (JsonText.isObject(words.get(1)) || words.get(1).startsWith("["));
        if (filter != update) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "this is neither of the two forms:\n  sdb update " + name + " FILTER UPDATE       such as"
                            + " '{\"_id\":\"ada\"}' '{\"$set\":{\"name\":\"Ada\"}}'\n  sdb update " + name
                            + " KEY COLUMN=VALUE   such as 4097 Stud_marks=99");
        }
        if (!filter && (many || upsert || shown != null)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--many, --upsert and --return go with a filter and an update: sdb update " + name
                            + " '{...}' '{\"$set\":{...}}'");
        }
        if (many && shown != null) {
            throw new CommandFailure(ExitCode.USAGE, "--return is for one document; leave --many out");
        }
    }

    @Override
    int run(RouterClient router, Target target) throws InterruptedException {
        boolean filtered = JsonText.isObject(words.getFirst());
        switch (target) {
            case Target.Table table -> {
                if (filtered) {
                    row(router, table.spec());
                } else {
                    columns(router, table.spec());
                }
                terminal.out().println("1 row updated");
            }
            case Target.Collection documents -> {
                if (!filtered) {
                    throw new CommandFailure(
                            ExitCode.USAGE,
                            name + (documents.known() ? " is a collection" : " is no table")
                                    + ", and COLUMN=VALUE does not say whether a value is a number or a text; write:"
                                    + " sdb update " + name + " '{\"_id\":"
                                    + Json.object().textNode(words.getFirst())
                                    + "}' '{\"$set\":{...}}'");
                }
                documents(router);
            }
        }
        return ExitCode.OK;
    }

    private void columns(RouterClient router, TableSpec table) throws InterruptedException {
        int keys = table.primaryKey().size();
        if (words.size() <= keys) {
            throw new CommandFailure(ExitCode.USAGE, "give " + keys + " key value(s), then COLUMN=VALUE");
        }
        List<String> key = words.subList(0, keys);
        ObjectNode columns = TableOptions.row(WriteCommand.columns(words.subList(keys, words.size())), table);
        if (!options.rows(router, name).update(key, columns)) {
            throw TableOptions.noRow(key, name);
        }
    }

    private void row(RouterClient router, TableSpec table) throws InterruptedException {
        if (many || shown != null) {
            throw notForTables(many ? "--many" : "--return", "name the whole key of one row");
        }
        RowFilter filter = RowFilter.of(JsonText.object(words.getFirst(), "the filter"), table);
        ObjectNode body = RowChange.update(filter, JsonText.value(words.get(1), "the update"), table, upsert);
        if (!options.rows(router, name).changeOne(body)) {
            throw new CommandFailure(ExitCode.NEGATIVE, "no row of " + name + " matches " + words.getFirst());
        }
    }

    private void documents(RouterClient router) throws InterruptedException {
        ObjectNode body = Json.object();
        body.set("filter", JsonText.object(words.getFirst(), "the filter"));
        body.set("update", JsonText.value(words.get(1), "the update"));
        body.put("many", many).put("upsert", upsert);
        if (shown != null) {
            body.put("return", shown == Return.BEFORE ? "before" : "after");
        }
        JsonNode answer = collection(router).change("update", body);
        long matched = answer.path("matched").asLong();
        JsonNode inserted = answer.path("upsertedId");
        if (matched == 0 && (inserted.isMissingNode() || inserted.isNull())) {
            throw new CommandFailure(ExitCode.NEGATIVE, "no document of " + name + " matches " + words.getFirst());
        }
        if (shown != null) {
            RecordPrinter printer = output.printer(terminal.out());
            printer.print(answer.path("document"));
            printer.end();
        } else if (matched == 0) {
            terminal.out().println("1 document inserted: " + inserted.asText());
        } else {
            long modified = answer.path("modified").asLong();
            terminal.out()
                    .println(modified + (modified == 1 ? " document" : " documents") + " updated"
                            + (modified == matched ? "" : ", " + matched + " matched"));
        }
    }
}

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
import io.shardeddb.cli.rowfilter.SortOrder;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb find}. */
@Command(
        name = "find",
        mixinStandardHelpOptions = true,
        description = "Finds rows of a table or documents of a collection.",
        footer = {
            "",
            "Examples:",
            "  sdb find people                                             all documents",
            "  sdb find people ada                                         the document with this _id",
            "  sdb find people '{\"born\":{\"$lt\":1900}}' --sort -born --limit 5 --project name,born",
            "  sdb find StudT '{\"Stud_marks\":{\"$gt\":90}}' --sort Stud_marks --limit 5 --output table",
            "  sdb find StudT '{\"Stud_id\":{\"$gte\":4090,\"$lt\":4100}}' --explain",
            "",
            "Documents take the filters of docs/documents.md. Rows take comparisons that must all hold, others are",
            "refused; --explain says which part is done where. Exit code 1 when nothing has the given key."
        })
public final class FindCommand extends RecordCommand {

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "FILTER|KEY",
            description = "A filter as a JSON object, or the value of each key column, or an _id.")
    List<String> words = List.of();

    @Option(
            names = "--sort",
            paramLabel = "NAMES",
            description = "Order: NAME, -NAME for falling, several with commas, or a JSON object.")
    @Nullable
    String sort;

    @Option(names = "--skip", paramLabel = "N", description = "Pass over so many.")
    long skip;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many.")
    long limit = Long.MAX_VALUE;

    @Option(
            names = "--project",
            paramLabel = "NAMES",
            description = "Show these members or columns, or all but -NAME; or a JSON object.")
    @Nullable
    String project;

    @Option(names = "--explain", description = "Say how it would be found, and which part is decided where.")
    boolean explain;

    @Mixin
    RecordOptions output = new RecordOptions();

    @Override
    void check() {
        if (skip < 0 || limit < 0) {
            throw new CommandFailure(ExitCode.USAGE, "--skip and --limit are not negative");
        }
        if (words.size() > 1 && words.stream().anyMatch(JsonText::isObject)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "give one filter, or the values of a key, not both: sdb find " + name + " '{...}'");
        }
    }

    @Override
    int run(RouterClient router, Target target) throws InterruptedException {
        boolean keyed = !words.isEmpty() && !JsonText.isObject(words.getFirst());
        if (keyed && (sort != null || skip != 0 || explain)) {
            throw new CommandFailure(ExitCode.USAGE, "a key finds one at most: leave --sort, --skip and --explain out");
        }
        ObjectNode filter = keyed || words.isEmpty() ? Json.object() : JsonText.object(words.getFirst(), "the filter");
        ObjectNode order = sort == null ? Json.object() : SortOrder.sort(sort);
        ObjectNode shown = project == null ? Json.object() : SortOrder.projection(project);
        RecordPrinter printer = output.printer(terminal.out());
        if (keyed) {
            JsonNode found = one(router, target).orElseThrow(() -> TableOptions.noRow(words, name));
            printer.print(found);
        } else {
            switch (target) {
                case Target.Table table ->
                    rows(
                            router,
                            new RowFind(table.spec(), RowFilter.of(filter, table.spec()), order, shown, skip, limit),
                            printer);
                case Target.Collection documents -> documents(router, request(filter, order, shown), printer);
            }
        }
        printer.end();
        return ExitCode.OK;
    }

    private Optional<JsonNode> one(RouterClient router, Target target) throws InterruptedException {
        if (project != null) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--project goes with a filter: sdb find " + name + " '{\"_id\":...}'");
        }
        if (target instanceof Target.Table) {
            return options.rows(router, name).get(words);
        }
        if (words.size() > 1) {
            throw new CommandFailure(ExitCode.USAGE, "a document has one _id, not " + words);
        }
        return collection(router).get(words.getFirst());
    }

    private void rows(RouterClient router, RowFind find, RecordPrinter printer) throws InterruptedException {
        if (explain) {
            find.explained().forEach(terminal.out()::println);
            return;
        }
        find.run(options.rows(router, name), row -> {
            printer.print(row);
            return !terminal.out().checkError();
        });
    }

    private ObjectNode request(ObjectNode filter, ObjectNode order, ObjectNode shown) {
        ObjectNode request = Json.object();
        request.set("filter", filter);
        if (!order.isEmpty()) {
            request.set("sort", order);
        }
        if (!shown.isEmpty()) {
            request.set("projection", shown);
        }
        if (skip > 0) {
            request.put("skip", skip);
        }
        if (limit < Long.MAX_VALUE) {
            request.put("limit", limit);
        }
        return request;
    }

    private void documents(RouterClient router, ObjectNode request, RecordPrinter printer) throws InterruptedException {
        if (explain) {
            printer.print(collection(router).ask("explain", request));
            return;
        }
        if (limit == 0) {
            return;
        }
        collection(router).stream("find", request, document -> {
            printer.print(document);
            return !terminal.out().checkError();
        });
    }
}

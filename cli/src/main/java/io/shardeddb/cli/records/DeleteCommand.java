package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.cluster.Removal;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rowfilter.RowChange;
import io.shardeddb.cli.rowfilter.RowFilter;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.TablesInForce;
import io.shardeddb.crds.TableSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb delete}. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Deletes a row, or documents; with -f, the objects that files name.",
        footer = {
            "",
            "Examples:",
            "  sdb delete StudT 4097",
            "  sdb delete orders ada 17 -d shop      a key of two columns",
            "  sdb delete StudT '{\"Stud_id\":4097,\"Stud_marks\":{\"$lt\":50}}'",
            "  sdb delete people ada                 the document with this _id",
            "  sdb delete people '{\"age\":{\"$lt\":3}}' --many",
            "  sdb delete -f examples/hash.yaml      the database of a file, and wait until it is gone",
            "",
            "Exit code 1 when nothing matches. To delete a database by its name: sdb remove NAME."
        })
public final class DeleteCommand implements Callable<Integer> {

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(
            paramLabel = "NAME FILTER|KEY...",
            arity = "0..*",
            description = "The table or collection, and a filter as JSON, or the value of each key column, or an _id.")
    List<String> words = List.of();

    @Option(names = "--many", description = "Delete all documents that match, in place of the first.")
    boolean many;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            arity = "1",
            description = "Delete the objects that this file names, in place of a row. May be given again.")
    List<Path> files = List.of();

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "With -f: wait until the objects are gone. Default: true.")
    boolean wait;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        if (!files.isEmpty()) {
            if (!words.isEmpty()) {
                throw new CommandFailure(ExitCode.USAGE, "give what to delete, or files, not both");
            }
            return objects(out);
        }
        if (words.size() < 2) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "give a table or collection, and a key or a filter, or -f FILE; see sdb delete --help");
        }
        String name = words.getFirst();
        List<String> which = words.subList(1, words.size());
        boolean filtered = which.stream().anyMatch(JsonText::isObject);
        if (filtered ? which.size() > 1 : many) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    filtered
                            ? "give one filter, or the values of a key, not both: sdb delete " + name + " '{...}'"
                            : "--many goes with a filter: sdb delete " + name + " '{...}' --many");
        }
        try (RouterClient router = options.connect()) {
            out.println(
                    switch (Target.of(TablesInForce.all(router, options.patience()), name)) {
                        case Target.Table table -> row(router, table.spec(), which, filtered);
                        case Target.Collection documents -> documents(router, name, which, filtered);
                    });
        }
        out.flush();
        return ExitCode.OK;
    }

    private String row(RouterClient router, TableSpec table, List<String> which, boolean filtered)
            throws InterruptedException {
        if (many) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--many is not offered for a table, and " + table.name()
                            + " is one; name the whole key of one row");
        }
        Rows rows = options.rows(router, table.name());
        boolean done = filtered
                ? rows.changeOne(
                        RowChange.delete(RowFilter.of(JsonText.object(which.getFirst(), "the filter"), table), table))
                : rows.delete(which);
        if (!done) {
            throw TableOptions.noRow(which, table.name());
        }
        return "1 row deleted";
    }

    private String documents(RouterClient router, String name, List<String> which, boolean filtered)
            throws InterruptedException {
        if (which.size() > 1) {
            throw new CommandFailure(ExitCode.USAGE, "a document has one _id, not " + which);
        }
        CollectionClient collection = new CollectionClient(router, name, RequestIds.fresh(), options.patience());
        long deleted;
        if (filtered) {
            ObjectNode body = Json.object().put("many", many);
            body.set("filter", JsonText.object(which.getFirst(), "the filter"));
            JsonNode answer = collection.change("delete", body);
            deleted = answer.path("deleted").asLong();
        } else {
            deleted = collection.delete(which.getFirst()) ? 1 : 0;
        }
        if (deleted == 0) {
            throw new CommandFailure(ExitCode.NEGATIVE, "no document of " + name + " matches " + which.getFirst());
        }
        return deleted + (deleted == 1 ? " document deleted" : " documents deleted");
    }

    private int objects(PrintWriter out) throws InterruptedException {
        List<ObjectNode> objects =
                Manifests.read(files, options.database().cluster().namespace());
        try (Cluster connected = options.database().connect()) {
            Removal removal = new Removal(connected, wait ? Removal.PATIENCE : Duration.ZERO);
            // What was made last goes first.
            for (ObjectNode object : objects.reversed()) {
                out.println(removal.remove(object));
                out.flush();
            }
        }
        return ExitCode.OK;
    }
}

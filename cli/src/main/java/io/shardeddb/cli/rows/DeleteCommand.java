package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.cluster.Removal;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
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
        description = "Deletes one row; with -f, the objects that files name.",
        footer = {
            "",
            "Examples:",
            "  sdb delete StudT 4097",
            "  sdb delete orders ada 17 -d shop      a key of two columns",
            "  sdb delete -f examples/hash.yaml      the database of a file, and wait until it is gone",
            "",
            "Exit code 1 when there is no such row. To delete a database by its name: sdb remove NAME."
        })
public final class DeleteCommand implements Callable<Integer> {

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(
            paramLabel = "TABLE KEY...",
            arity = "0..*",
            description = "The table, and the value of each key column.")
    List<String> words = List.of();

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
                throw new CommandFailure(ExitCode.USAGE, "give a row or files, not both");
            }
            return objects(out);
        }
        if (words.size() < 2) {
            throw new CommandFailure(ExitCode.USAGE, "give a table and a key, or -f FILE; see sdb delete --help");
        }
        String table = words.getFirst();
        List<String> key = words.subList(1, words.size());
        try (RouterClient router = new RouterClient(options.endpoint())) {
            if (!options.rows(router, table).delete(key)) {
                throw TableOptions.noRow(key, table);
            }
        }
        out.println("1 row deleted");
        out.flush();
        return ExitCode.OK;
    }

    private int objects(PrintWriter out) throws InterruptedException {
        List<ObjectNode> objects =
                Manifests.read(files, options.database.cluster().namespace());
        try (Cluster connected = options.database.connect()) {
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

package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.output.RecordOptions;
import io.shardeddb.cli.output.RecordPrinter;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.rows.TableOptions;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb collections}. */
@Command(
        name = "collections",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the collections of a database, creates one, or drops one. Where administration needs a token, it is",
            "read from the database's Secret and sent along."
        },
        footer = {
            "",
            "Examples:",
            "  sdb collections",
            "  sdb collections --output table",
            "  sdb collections create people",
            "  sdb collections create orders --shard-key customer.id",
            "  sdb collections drop people --yes           with all its documents"
        })
public final class CollectionsCommand implements Callable<Integer> {

    /** What to do. */
    enum Action {
        LIST,
        CREATE,
        DROP
    }

    @Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", description = "list (default), create or drop.")
    Action action = Action.LIST;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The collection.")
    @Nullable
    String name;

    @Option(
            names = "--shard-key",
            paramLabel = "PATH",
            description = "With create: the path whose value decides a document's shard. Default: its _id.")
    @Nullable
    String shardKey;

    @Option(names = "--yes", description = "With drop: yes, with all its documents.")
    boolean yes;

    @Mixin
    RecordOptions output = new RecordOptions();

    @Mixin
    TableOptions options = new TableOptions();

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        if ((action == Action.LIST) != (name == null)) {
            throw new CommandFailure(ExitCode.USAGE, "create and drop take a name, and list takes none");
        }
        if (shardKey != null && action != Action.CREATE) {
            throw new CommandFailure(ExitCode.USAGE, "--shard-key goes with create");
        }
        if (action == Action.DROP && !yes) {
            throw new CommandFailure(
                    ExitCode.USAGE, "this removes " + name + " with all its documents; if that is meant, add --yes");
        }
        try (RouterClient router = options.connect()) {
            switch (action) {
                case LIST -> list(router);
                case CREATE -> {
                    ObjectNode body = Json.object().put("name", name);
                    if (shardKey != null) {
                        body.put("shardKey", shardKey);
                    }
                    change(router, "POST", "v1/collections", body);
                    terminal.out().println("collection " + name + " created");
                }
                case DROP -> {
                    change(router, "DELETE", "v1/collections/" + RouterClient.encoded(String.valueOf(name)), null);
                    terminal.out().println("collection " + name + " dropped");
                }
            }
        }
        terminal.out().flush();
        return ExitCode.OK;
    }

    private void list(RouterClient router) throws InterruptedException {
        Answer answer = router.sendUntil("GET", "v1/collections", null, null, options.patience());
        Rows.check(answer);
        RecordPrinter printer = output.printer(terminal.out());
        answer.body().path("collections").forEach(printer::print);
        printer.end();
    }

    private void change(RouterClient router, String method, String path, @Nullable ObjectNode body)
            throws InterruptedException {
        Map<String, String> headers = new HashMap<>(options.administration());
        headers.put(RouterClient.REQUEST_ID, RequestIds.fresh().next());
        byte[] sent = body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8);
        Rows.check(router.sendBytesUntil(method, path, sent, headers, options.patience())
                .answer());
    }
}

package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.DatabaseOptions;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.crds.ShardedDatabase;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb request}. */
@Command(
        name = "request",
        mixinStandardHelpOptions = true,
        description = {
            "Sends one request to the router and prints its answer. Where administration needs a token, it is read"
                    + " from the",
            "database's Secret and sent along."
        },
        footer = {
            "",
            "Examples:",
            "  sdb request GET /status",
            "  sdb request POST /add '{\"n\":1,\"new_shards\":[],\"servers\":{\"Server4\":[\"sh1\"]}}'",
            "  sdb request DELETE /rm '{\"n\":1,\"servers\":[\"Server4\"]}' -d students",
            "",
            "Exit code 0 for an answer of 2xx, 65 for a refusal, 75 when it was not done now or that is not known."
        })
public final class RequestCommand implements Callable<Integer> {

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Parameters(index = "0", paramLabel = "METHOD", description = "GET, POST, PUT, PATCH or DELETE.")
    String method = "";

    @Parameters(index = "1", paramLabel = "PATH", description = "For example /add; see docs/http-api.md.")
    String path = "";

    @Parameters(index = "2", paramLabel = "BODY", arity = "0..1", description = "A JSON object.")
    @Nullable
    String body;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long the answer may take. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 150;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        JsonNode document = body == null ? null : TableOptions.object(body);
        try (Cluster connected = database.connect()) {
            ShardedDatabase found = database.of(connected);
            try (RouterClient router = TableOptions.router(database, Duration.ofSeconds(timeoutSeconds), null)) {
                RouterClient.Answer answer = router.send(
                        method.toUpperCase(Locale.ROOT), path, document, AdministrationToken.headers(connected, found));
                if (!answer.succeeded()) {
                    throw new CommandFailure(
                            answer.worthRepeating() ? ExitCode.TEMPORARY : ExitCode.DATA, answer.reason());
                }
                out.println(answer.text());
                out.flush();
                return ExitCode.OK;
            }
        }
    }
}

package io.shardeddb.cli.kv;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.RecordOptions;
import io.shardeddb.cli.output.RecordPrinter;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.rows.TableOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb kv scan}. */
@Command(
        name = "scan",
        mixinStandardHelpOptions = true,
        description = "Shows the keys of a space in order, with their values.",
        footer = {
            "",
            "Examples:",
            "  sdb kv scan sessions",
            "  sdb kv scan sessions --prefix user/ --limit 10 --output table",
            "  sdb kv scan sessions --from a --to b --keys",
            "",
            "Keys and values that are no text are shown as Base64. Each page of 1,000 keys is of a moment of its own."
        },
        exitCodeOnInvalidInput = ExitCode.USAGE)
final class KvScan implements Callable<Integer> {

    private static final int PAGE = 1_000;

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(index = "0", paramLabel = "SPACE", description = "The space.")
    String space = "";

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only keys that begin with this.")
    @Nullable
    String prefix;

    @Option(names = "--from", paramLabel = "KEY", description = "The first key.")
    @Nullable
    String from;

    @Option(names = "--to", paramLabel = "KEY", description = "Where to end, as the endpoint takes it.")
    @Nullable
    String to;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many.")
    long limit = Long.MAX_VALUE;

    @Option(names = "--keys", description = "Keys alone.")
    boolean keys;

    @Mixin
    RecordOptions output = new RecordOptions();

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        if (limit < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--limit is at least 1");
        }
        RecordPrinter printer = output.printer(terminal.out());
        try (RouterClient router = options.connect()) {
            long seen = 0;
            String continuation = "";
            do {
                Answer answer =
                        router.sendUntil("GET", query(limit - seen, continuation), null, null, options.patience());
                Rows.check(answer);
                JsonNode page = answer.body().path("entries");
                for (JsonNode entry : page) {
                    seen++;
                    printer.print(entry);
                }
                continuation = answer.body().path("continuation").asText("");
            } while (!continuation.isEmpty() && seen < limit && !terminal.out().checkError());
        }
        printer.end();
        return ExitCode.OK;
    }

    private String query(long left, String continuation) {
        StringBuilder query = new StringBuilder("v1/kv/")
                .append(RouterClient.encoded(space))
                .append("?limit=")
                .append(Math.min(PAGE, left));
        append(query, "prefix", prefix);
        append(query, "from", from);
        append(query, "to", to);
        append(query, "values", keys ? "false" : null);
        append(query, "continuation", continuation.isEmpty() ? null : continuation);
        return query.toString();
    }

    private static void append(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append('&').append(name).append('=').append(RouterClient.encoded(value));
        }
    }
}

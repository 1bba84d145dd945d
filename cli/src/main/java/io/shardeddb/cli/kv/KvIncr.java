package io.shardeddb.cli.kv;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Bytes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sdb kv incr}. */
@Command(
        name = "incr",
        mixinStandardHelpOptions = true,
        description = "Adds to a counter, makes it if it is absent, and shows its number.",
        footer = {
            "",
            "Examples:",
            "  sdb kv incr sessions hits",
            "  sdb kv incr shop stock --by -1 --min 0       refused if it would be less than 0",
            "  sdb kv incr shop stock --by 0 --initial 100"
        },
        exitCodeOnInvalidInput = ExitCode.USAGE)
final class KvIncr extends KeyCommand {

    @Option(names = "--by", paramLabel = "N", description = "Add so much. Default: ${DEFAULT-VALUE}.")
    long by = 1;

    @Option(names = "--min", paramLabel = "N", description = "Refuse to go below this.")
    @Nullable
    Long min;

    @Option(names = "--max", paramLabel = "N", description = "Refuse to go above this.")
    @Nullable
    Long max;

    @Option(names = "--initial", paramLabel = "N", description = "What an absent counter begins with. Default: 0.")
    @Nullable
    Long initial;

    @Option(names = "--ttl", paramLabel = "SECONDS", description = "Let the counter expire after so many seconds.")
    @Nullable
    BigDecimal ttl;

    @Override
    public Integer call() throws InterruptedException {
        ObjectNode body = Json.object().put("by", by);
        if (min != null) {
            body.put("min", min);
        }
        if (max != null) {
            body.put("max", max);
        }
        if (initial != null) {
            body.put("initial", initial);
        }
        if (ttl != null) {
            body.put("ttlSeconds", ttl);
        }
        try (RouterClient router = options.connect()) {
            byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
            Bytes answer = write(router, "POST", path() + "/increment", bytes, Map.of());
            check(answer);
            terminal.out().println(answer.answer().body().path("value").asText());
            terminal.out().flush();
        }
        return ExitCode.OK;
    }
}

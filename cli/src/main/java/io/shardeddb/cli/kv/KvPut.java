package io.shardeddb.cli.kv;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Bytes;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb kv put}. */
@Command(
        name = "put",
        mixinStandardHelpOptions = true,
        description = "Sets the value of a key.",
        footer = {
            "",
            "Examples:",
            "  sdb kv put sessions user/7 hello --ttl 60           expires after a minute",
            "  sdb kv put images logo --file logo.png --type image/png",
            "  echo hello | sdb kv put sessions user/7             the value from the input",
            "  sdb kv put locks job me --if-absent --ttl 30        exit code 1 if the key is there",
            "  sdb kv put sessions user/7 new --if-version 117489020928000001"
        },
        exitCodeOnInvalidInput = ExitCode.USAGE)
final class KvPut extends KeyCommand {

    private static final int LONGEST = 1 << 20;

    @Parameters(index = "2", arity = "0..1", paramLabel = "VALUE", description = "A text. Default: the input's bytes.")
    @Nullable
    String value;

    @Option(names = "--file", paramLabel = "FILE", description = "Take the bytes of this file.")
    @Nullable
    Path file;

    @Option(names = "--type", paramLabel = "TYPE", description = "Content type. Default: text/plain for VALUE.")
    @Nullable
    String type;

    @Option(names = "--ttl", paramLabel = "SECONDS", description = "Let the key expire after so many seconds.")
    @Nullable
    BigDecimal ttl;

    @Option(names = "--if-absent", description = "Only if the key is not there.")
    boolean ifAbsent;

    @Option(
            names = "--if-version",
            paramLabel = "VERSION",
            description = "Only if this is the value's version; * is any.")
    @Nullable
    String ifVersion;

    @Override
    public Integer call() throws InterruptedException {
        if (value != null && file != null) {
            throw new CommandFailure(ExitCode.USAGE, "give a value or --file, not both");
        }
        if (ttl != null && ttl.signum() <= 0) {
            throw new CommandFailure(ExitCode.USAGE, "--ttl is more than 0 seconds, not " + ttl);
        }
        Map<String, String> headers = new HashMap<>(conditions(ifAbsent, ifVersion));
        headers.put(
                "Content-Type",
                type != null ? type : value != null ? "text/plain; charset=utf-8" : "application/octet-stream");
        byte[] bytes = bytes();
        if (bytes.length > LONGEST) {
            throw new CommandFailure(ExitCode.DATA, "a value has at most 1 MiB, and this one has more");
        }
        String path = path() + (ttl == null ? "" : "?ttlSeconds=" + ttl.toPlainString());
        try (RouterClient router = options.connect()) {
            Bytes answer = write(router, "PUT", path, bytes, headers);
            check(answer);
            JsonNode said = answer.answer().body();
            terminal.out()
                    .println((said.path("created").asBoolean() ? "created" : "replaced") + ", version "
                            + said.path("timestamp").asText());
            terminal.out().flush();
        }
        return ExitCode.OK;
    }

    private byte[] bytes() {
        if (value != null) {
            return value.getBytes(StandardCharsets.UTF_8);
        }
        try {
            // One byte more than is allowed is enough to see that it is too much.
            if (file == null) {
                return System.in.readNBytes(LONGEST + 1);
            }
            try (var in = Files.newInputStream(file)) {
                return in.readNBytes(LONGEST + 1);
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + (file == null ? "the input" : file), e);
        }
    }
}

package io.shardeddb.cli.kv;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sdb kv get}. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = "Shows the value of a key.",
        footer = {
            "",
            "Examples:",
            "  sdb kv get sessions user/7",
            "  sdb kv get images logo --file logo.png      any bytes, into a file",
            "  sdb kv get sessions user/7 --show-version   also its version, type and expiry, on standard error",
            "",
            "Exit code 1 when there is no such key."
        },
        exitCodeOnInvalidInput = ExitCode.USAGE)
final class KvGet extends KeyCommand {

    @Option(names = "--file", paramLabel = "FILE", description = "Write the value into this file.")
    @Nullable
    Path file;

    @Option(names = "--show-version", description = "Also say its version, its type and when it expires.")
    boolean showVersion;

    @Override
    public Integer call() throws InterruptedException {
        try (RouterClient router = options.connect()) {
            Bytes answer = router.sendBytesUntil("GET", path(), null, Map.of(), options.patience());
            check(answer);
            if (file == null) {
                terminal.out().println(text(answer.body()));
                terminal.out().flush();
            } else {
                Files.write(file, answer.body());
            }
            if (showVersion) {
                terminal.err()
                        .println("version " + answer.header("ETag") + ", type " + answer.header("Content-Type")
                                + ", expires " + orNever(answer.header("Expires-Millis")));
                terminal.err().flush();
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.CANNOT_CREATE, "cannot write " + file, e);
        }
        return ExitCode.OK;
    }

    private static String orNever(String expiry) {
        return expiry.isEmpty() ? "never" : expiry;
    }

    private static String text(byte[] value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CommandFailure(
                    ExitCode.DATA, "the value is no UTF-8 text (" + value.length + " bytes); use --file FILE", e);
        }
    }
}

package io.shardeddb.cli.kv;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.RouterClient.Bytes;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.rows.TableOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What every verb for one key has. */
abstract sealed class KeyCommand implements Callable<Integer> permits KvGet, KvPut, KvDelete, KvIncr {

    @Mixin
    TableOptions options = new TableOptions();

    @Parameters(index = "0", paramLabel = "SPACE", description = "The space.")
    String space = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "The key: 1 to 1,024 bytes as UTF-8.")
    String key = "";

    @Mixin
    Terminal terminal = new Terminal();

    /** Where the key is. */
    String path() {
        if (key.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "a key has 1 to 1,024 bytes, and this one has none");
        }
        return "v1/kv/" + RouterClient.encoded(space) + "/" + RouterClient.encoded(key);
    }

    /** Sends a write until it is settled. */
    Bytes write(RouterClient router, String method, String path, byte @Nullable [] body, Map<String, String> headers)
            throws InterruptedException {
        Map<String, String> all = new HashMap<>(headers);
        all.put(RouterClient.REQUEST_ID, RequestIds.fresh().next());
        return router.sendBytesUntil(method, path, body, all, options.patience());
    }

    /** Lets a success pass. @throws CommandFailure for every other answer: NEGATIVE when it says no */
    void check(Bytes bytes) {
        if (bytes.status() >= 200 && bytes.status() < 300) {
            return;
        }
        Answer answer = bytes.answer();
        if (bytes.status() == 404 && answer.text().contains("KEY_NOT_FOUND")) {
            throw new CommandFailure(ExitCode.NEGATIVE, "no key " + key + " in " + space);
        }
        if (bytes.status() == 412) {
            throw new CommandFailure(ExitCode.NEGATIVE, answer.reason());
        }
        Rows.check(answer);
    }

    /** Headers of a write that depends on what is there. @throws CommandFailure USAGE when both are given */
    static Map<String, String> conditions(boolean ifAbsent, @Nullable String ifVersion) {
        if (ifAbsent && ifVersion != null) {
            throw new CommandFailure(ExitCode.USAGE, "give --if-absent or --if-version, not both");
        }
        if (ifAbsent) {
            return Map.of("If-None-Match", "*");
        }
        if (ifVersion == null) {
            return Map.of();
        }
        return Map.of("If-Match", ifVersion.equals("*") ? "*" : '"' + ifVersion.replace("\"", "") + '"');
    }
}

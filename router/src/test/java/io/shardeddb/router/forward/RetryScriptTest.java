package io.shardeddb.router.forward;

import io.grpc.Status;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.topology.Topology;
import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code retries.txt}: what follows from one attempt's failure. */
class RetryScriptTest {
    private static final long NOW = 1_000_000;

    @Test
    void followsTheScript() {
        Script.run("retries.txt", RetryScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        return switch (command.verb()) {
            case "all" -> all();
            case "remembered" -> names(RetryRule::isRemembered);
            case "not-remembered" -> names(code -> !RetryRule.isRemembered(code));
            case "may-have-run" -> names(RetryRule::mayHaveRun);
            case "answer" ->
                RetryRule.after(
                                error(command),
                                command.number("made-for-tables", 0),
                                command.number("made-for-epoch", 0))
                        .toString();
            case "tables-of-shard-known" -> RetryRule.namesSchema(error(command)) ? "yes" : "no";
            case "plan-with" ->
                RetryRule.newer(topology(command.number("used", 0)), error(command))
                                .test(topology(command.number("next", 0)))
                        ? "yes"
                        : "waits for another one";
            case "call" -> call(command);
            case "send-under" ->
                RetryRule.under(error(command), sent(command), NOW).toString();
            case "wait" -> RetryRule.backOffMillis(command.count("before-attempt", 1)) + " ms";
            default -> throw new IllegalArgumentException("no such command");
        };
    }

    private static Topology topology(long version) {
        return new Topology(new DatabaseSchema(version, Strategy.RANGE, List.of()), List.of(), List.of());
    }

    private static String all() {
        Map<RetryRule.Next, String> byNext = new LinkedHashMap<>();
        for (RetryRule.Next next : RetryRule.Next.values()) {
            byNext.put(next, names(code -> RetryRule.after(code) == next));
        }
        return byNext.entrySet().stream()
                .map(each -> each.getKey() + "\n  " + each.getValue().replaceAll("((?:\\S+ ){4}\\S+) ", "$1\n  "))
                .collect(Collectors.joining("\n"));
    }

    private static String names(Predicate<ErrorCode> which) {
        return Arrays.stream(ErrorCode.values())
                .filter(which)
                .map(Enum::name)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static DatabaseException error(Command command) {
        Map<String, String> details = new LinkedHashMap<>();
        for (String name : new String[] {"schemaVersion", "version", "epoch", "knownBy"}) {
            if (command.has(name)) {
                details.put(name, command.text(name));
            }
        }
        return new DatabaseException(command.constant("code", ErrorCode.INTERNAL), "refused", details);
    }

    private static WriteRequest sent(Command command) {
        boolean own = command.text("id").equals("own");
        return WriteRequest.newBuilder()
                .setIdOrigin(own ? IdOrigin.ID_OF_SENDER : IdOrigin.ID_OF_CLIENT)
                .setContentHash(command.has("no-hash") ? 0 : 7)
                .setRequest(
                        RequestId.newBuilder().setIssuedAtMillis(NOW + command.nanos("issued-ahead", 0) / 1_000_000))
                .build();
    }

    private static String call(Command command) {
        Throwable cause = switch (command.text("cause", "none")) {
            case "refused" -> new IOException(new ConnectException());
            case "no-route" -> new NoRouteToHostException();
            case "unknown-host" -> new UnknownHostException();
            case "reset" -> new IOException("connection reset");
            default -> null;
        };
        Status status =
                command.constant("status", Status.Code.UNKNOWN).toStatus().withCause(cause);
        return RetryRule.after(status)
                + (RetryRule.mayHaveRun(status) ? ", may have run" : ", has not run")
                + (RetryRule.after(status) == RetryRule.Next.STOP
                        ? ", answered as " + RetryRule.finalCode(status)
                        : "");
    }
}

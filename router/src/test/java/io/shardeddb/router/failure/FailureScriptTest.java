package io.shardeddb.router.failure;

import io.grpc.Status;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code failures.txt}: which error is told when a request has no answer. */
class FailureScriptTest {

    @Test
    void followsTheScript() {
        Script.run("failures.txt", FailureScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        return switch (command.verb()) {
            case "weights" -> weights();
            case "shard" -> shown(shard(command));
            case "shards" ->
                shown(FailureChoice.ofShards(command.all().entrySet().stream()
                        .map(shard -> new FailureChoice.OfShard(shard.getKey(), error(shard.getValue())))
                        .toList()));
            case "not-taken" ->
                shown(FailureChoice.notTaken("sh1", command.constant("code", ErrorCode.INTERNAL), command.text("why")));
            case "call" ->
                Tries.text(command.constant("status", Status.Code.UNKNOWN)
                        .toStatus()
                        .withDescription(
                                command.has("lines") ? command.text("lines").replace('/', '\n') : null));
            default -> throw new IllegalArgumentException("no such command");
        };
    }

    private static String weights() {
        Map<Tries.Weight, String> byWeight = new TreeMap<>(Arrays.stream(ErrorCode.values())
                .collect(Collectors.groupingBy(
                        Tries.Weight::of, Collectors.mapping(ErrorCode::name, Collectors.joining(" ")))));
        byWeight.put(Tries.Weight.REFUSED, "all others");
        return byWeight.entrySet().stream()
                .map(each -> each.getKey() + "\n  " + each.getValue())
                .collect(Collectors.joining("\n"));
    }

    private static DatabaseException shard(Command command) {
        Tries tries = Tries.NONE;
        for (String happened : parts(command.text("happened", ""), ", ")) {
            tries = after(tries, happened);
        }
        FailureChoice.Asked asked = command.constant("asked", FailureChoice.Asked.READ);
        return FailureChoice.ofShard(command.text("name", "sh1"), asked, tries, command.number("millis", 2000));
    }

    private static List<String> parts(String text, String between) {
        return text.isEmpty() ? List.of() : List.of(text.split(between));
    }

    /** "nobody", "Server1 silent", "Server1 cut-short", or "Server1 CODE" with a text of its own or none. */
    private static Tries after(Tries tries, String happened) {
        if (happened.equals("nobody")) {
            return tries.and(new Tries.NobodyKnown());
        }
        List<String> words = List.of(happened.split(" ", 2));
        String server = words.getFirst();
        return switch (words.getLast()) {
            case "silent" -> tries.and(new Tries.Unanswered(server, "UNAVAILABLE, connection refused"));
            case "cut-short" -> tries.andCutShort(new Tries.Unanswered(server, "DEADLINE_EXCEEDED, no answer in time"));
            default -> tries.and(new Tries.Refused(server, error(words.getLast())));
        };
    }

    /** "code", "code: text", "code unasked" for one that nobody was asked for, or "code of-tables=8" with a detail. */
    private static DatabaseException error(String text) {
        List<String> codeAndText = List.of(text.split(": ", 2));
        List<String> words = List.of(codeAndText.getFirst().split(" "));
        String name = words.getFirst();
        ErrorCode code = ErrorCode.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        String told = codeAndText.size() == 2 ? codeAndText.getLast() : "it is " + name.replace('-', ' ');
        DatabaseException error = new DatabaseException(code, told);
        for (String word : words.subList(1, words.size())) {
            error = switch (word) {
                case "unasked" -> error.with("attempts", "0");
                case "of-tables=8" -> error.with("schemaVersion", "8");
                default -> throw new IllegalArgumentException("no such word: " + word);
            };
        }
        return error;
    }

    private static String shown(DatabaseException error) {
        return error.code() + " " + new TreeMap<>(error.details()) + "\n" + error.text();
    }
}

package io.shardeddb.protocol.stream;

import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** {@code gathering.txt}: how long requests wait for others to travel with. */
class GatheringScriptTest {

    @Test
    void followsTheScript() {
        Script.run("gathering.txt", GatheringScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        return switch (command.verb()) {
            case "next" -> {
                long longest = GatheringRule.longest((double) command.nanos("way", 0), Command.nanos("10ms"));
                yield GatheringRule.next(
                                command.count("waiting", 0),
                                command.decimal("usual", 0),
                                longest - command.nanos("waited", 0))
                        .toString();
            }
            case "longest" ->
                GatheringRule.longest((double) command.nanos("way", 0), Command.nanos("10ms")) / 1_000 + " us";
            case "follow" ->
                String.format(
                        Locale.ROOT,
                        "%.2f",
                        GatheringRule.follow(command.decimal("usual", 0), command.decimal("newest", 0)));
            default -> throw new IllegalArgumentException("no such command");
        };
    }
}

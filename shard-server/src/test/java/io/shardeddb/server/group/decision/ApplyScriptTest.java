package io.shardeddb.server.group.decision;

import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code apply.txt}: when committed entries are applied, held, committed and left alone. */
class ApplyScriptTest {

    @Test
    void followsTheScript() {
        Script.run("apply.txt", ApplyScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        return switch (command.verb()) {
            case "next" -> next(command);
            case "portion" ->
                ApplyDecision.portion(
                                command.constant("first", ApplyDecision.First.ORDINARY), command.has("rows-are-held"))
                        .toString();
            case "hold" ->
                ApplyDecision.hold(
                                !command.has("follower"),
                                command.has("refused-entry"),
                                command.nanos("readers-expected-for", 0),
                                command.has("held-until"),
                                command.nanos("held-until", 0),
                                command.number("last", 1))
                        .toString();
            case "reach" ->
                "to " + ApplyDecision.reach(command.number("certain", 0), command.number("target", 0), 1024);
            case "back-off" -> millis(ApplyDecision.backOff(command.count("failures", 0)));
            case "pace" -> millis(ApplyPace.nanos(command.count("replicas", 0)));
            default -> throw new IllegalArgumentException("no such command");
        };
    }

    private static String next(Command command) {
        long applied = command.number("applied", 10);
        long certain = command.number("certain", applied);
        long target = command.number("committed", certain);
        ApplyDecision.Next next = ApplyDecision.next(new ApplyDecision.Situation(
                command.has("ended"),
                command.has("busy"),
                command.nanos("retry-in", 0),
                !command.has("store-closed"),
                applied,
                certain,
                target,
                command.number("last-other", 0),
                command.number("bytes", 100),
                command.has("readers"),
                command.has("leads"),
                command.nanos("unhurried-for", 0),
                command.nanos("held-for", 0)));
        String kind = switch (next) {
            case ApplyDecision.Rest rest -> "nothing";
            case ApplyDecision.Act act -> act.name().toLowerCase(java.util.Locale.ROOT);
            case ApplyDecision.Apply apply -> "apply " + (certain + 1) + ".." + target;
        };
        return kind + ": " + next.words();
    }

    private static String millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
    }
}

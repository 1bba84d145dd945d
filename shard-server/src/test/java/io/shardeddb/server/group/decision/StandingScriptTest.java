package io.shardeddb.server.group.decision;

import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import org.junit.jupiter.api.Test;

/** {@code standing.txt}: what a person is told of what waits. */
class StandingScriptTest {

    @Test
    void followsTheScript() {
        Script.run("standing.txt", StandingScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        Standing told = switch (command.verb()) {
            case "proposing" ->
                Standing.proposing(
                        command.constant("next", ProposalDecision.Next.NOTHING_WAITS),
                        command.count("waiting", 0),
                        command.nanos("for", 0));
            case "committing" ->
                Standing.committing(command.number("committed", 0), command.number("last", 0), command.nanos("for", 0));
            case "applying" -> applying(command);
            default -> throw new IllegalArgumentException("no such command");
        };
        return told.words().isEmpty()
                ? "(nothing)"
                : told.words() + (told.millis() == 0 ? "" : ", for " + told.millis() + " ms");
    }

    private static Standing applying(Command command) {
        long applied = command.number("applied", 10);
        long certain = command.number("certain", applied);
        long committed = command.number("committed", certain);
        Standing.Obstacle obstacle = Standing.Obstacle.NONE;
        if (command.has("unknown")) {
            obstacle = Standing.Obstacle.unknown(command.number("unknown", 0), command.nanos("for", 0));
        } else if (command.has("refused")) {
            obstacle = new Standing.Obstacle(
                    command.number("refused", 0), "the database refuses it", command.nanos("for", 0));
        }
        Standing.Task task = command.has("task")
                ? new Standing.Task(
                        command.number("first", 0),
                        command.number("last", 0),
                        command.text("task").equals("tables"),
                        command.nanos("for", 0))
                : null;
        ApplyDecision.Situation at = new ApplyDecision.Situation(
                false,
                command.has("busy"),
                command.nanos("retry-in", 0),
                applied >= 0,
                applied,
                certain,
                committed,
                0,
                0,
                false,
                command.has("leads"),
                command.nanos("unhurried-for", 0),
                command.nanos("held-for", 0));
        return Standing.applying(
                at, task, obstacle, command.nanos("pace", 0), command.has("retry-in") ? command.nanos("for", 0) : 0);
    }
}

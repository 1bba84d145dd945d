package io.shardeddb.server.group.decision;

import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import org.junit.jupiter.api.Test;

/** {@code proposals.txt}: when a leader makes an entry of the writes that wait. */
class ProposalScriptTest {

    @Test
    void followsTheScript() {
        Script.run("proposals.txt", ProposalScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        return switch (command.verb()) {
            case "next" -> {
                ProposalDecision.Next next = ProposalDecision.next(new ProposalDecision.Situation(
                        command.constant("batch", ProposalDecision.Batch.NONE),
                        !command.has("of-an-earlier-term"),
                        command.has("service"),
                        !command.has("clock-far-ahead"),
                        command.count("waiting", 0),
                        command.count("under-way", 0),
                        !command.has("more-expected")));
                yield next + ": " + next.words();
            }
            case "takes-more" ->
                ProposalDecision.takesMore(
                                command.count("requests", 0), command.count("operations", 0), command.count("bytes", 0))
                        ? "yes"
                        : "no";
            default -> throw new IllegalArgumentException("no such command");
        };
    }
}

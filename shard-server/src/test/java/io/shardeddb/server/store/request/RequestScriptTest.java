package io.shardeddb.server.store.request;

import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import org.junit.jupiter.api.Test;

/** {@code requests.txt}: what becomes of a logged request by its id. */
class RequestScriptTest {

    @Test
    void followsTheScript() {
        Script.run("requests.txt", RequestScriptTest::carryOut);
    }

    private static String carryOut(Command command) {
        boolean settles = command.has("closes");
        return switch (command.verb()) {
            case "without-id" -> RequestDecision.withoutId(settles).toString();
            case "repeat" ->
                RequestDecision.repeat(settles, command.has("first-closed"), !command.has("other-content"))
                        .toString();
            case "first" ->
                RequestDecision.first(settles, command.constant("id", RequestWindow.Admission.ADMITTED))
                        .toString();
            case "interval" ->
                RequestDecision.takesInterval(
                                command.has("same"),
                                command.has("owned-at"),
                                command.number("epoch", 0),
                                command.number("owned-at", 0))
                        ? "taken"
                        : "refused";
            default -> throw new IllegalArgumentException("no such command");
        };
    }
}

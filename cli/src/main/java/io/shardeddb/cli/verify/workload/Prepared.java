package io.shardeddb.cli.verify.workload;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.verify.check.Outcome;
import io.shardeddb.cli.waiting.Waiter;
import java.time.Duration;
import java.util.Optional;

/** Requests before and after a workload, which must succeed. */
final class Prepared {

    /** So long a last read is repeated until it is answered. */
    static final Waiter WAITER = Waiter.of(Duration.ofSeconds(60), 100);

    private Prepared() {}

    /** @throws CommandFailure when a write of the beginning was not done, with what is needed */
    static void require(VerifyClient.Write write) {
        if (write.outcome() != Outcome.DONE) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "the workload cannot begin: " + write.answer().reason()
                            + "; the database needs the tables of examples/verify.yaml");
        }
    }

    /** The row of a key, read until there is an answer; empty when there is none. */
    static Optional<JsonNode> find(VerifyClient client, String table, long key) throws InterruptedException {
        return WAITER.first(() -> client.read(table, key))
                .orElseThrow(() -> unreadable(table, key))
                .row();
    }

    /** A row could not be read after all faults. */
    static CommandFailure unreadable(String table, long key) {
        return new CommandFailure(ExitCode.TEMPORARY, "row " + key + " of " + table + " cannot be read at the end");
    }

    /** The row of a key that must be there. */
    static JsonNode row(VerifyClient client, String table, long key) throws InterruptedException {
        return find(client, table, key)
                .orElseThrow(
                        () -> new CommandFailure(ExitCode.NEGATIVE, "row " + key + " of " + table + " is not there"));
    }
}

package io.shardeddb.server.group.propose;

import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteReply;
import java.util.function.Consumer;

/**
 * A client's write that waits.
 *
 * @param request what goes into the log
 * @param origin whose its id is
 * @param deadline until when the client waits, on the monotonic clock
 * @param reply takes the answer, once, on any thread, without blocking
 */
public record Pending(LoggedRequest request, IdOrigin origin, long deadline, Consumer<WriteReply> reply) {

    /** Whether it is a step that ends a transaction, or asks about one: it waits for no lock. */
    public boolean endsTransaction() {
        TransactionStep step = request.getTransaction();
        return step.hasCommit() || step.hasRelease() || step.hasForget() || request.getSettle();
    }
}

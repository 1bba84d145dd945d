package io.shardeddb.server.group;

import io.shardeddb.consensus.Replica;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Proposes what comes of a request or a definition that the database here refuses: as an entry of the log, so that it is the same on every
 * replica. Once in a term is enough for each. Used on the loop.
 */
final class VerdictProposals {

    private final Proposals proposals;
    private @Nullable Proposed last;

    VerdictProposals(Proposals proposals) {
        this.proposals = proposals;
    }

    private record Proposed(long term, long entry, int request) {}

    /** @param open what waits for a verdict; absent: nothing does */
    void propose(@Nullable UnresolvedRequestException open, Replica core, long now, ReplicaView view) {
        if (open == null) {
            return;
        }
        Proposed verdict = new Proposed(core.term(), open.entry(), open.request());
        if (verdict.equals(last)) {
            return;
        }
        last = verdict;
        LoggedCommand.Builder command = LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder()
                        .setEntry(open.entry())
                        .setRequest(open.request())
                        .setCode(open.code())
                        .setMessage(open.reason()));
        BiConsumer<@Nullable EntryOutcome, @Nullable ErrorCode> refused = (outcome, error) -> {
            // While the leadership is on its way to another member it is refused as by a follower: the transfer may
            // fail,
            // and the same term goes on.
            if (error == ErrorCode.READ_ONLY || error == ErrorCode.OVERLOADED || error == ErrorCode.NOT_LEADER) {
                last = null;
            }
        };
        proposals.propose(core, command, new Proposals.EntryWaiter(now, refused), now, view);
    }
}

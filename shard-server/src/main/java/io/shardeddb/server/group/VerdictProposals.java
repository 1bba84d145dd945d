package io.shardeddb.server.group;

import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.ReplicaStatus;
import io.shardeddb.consensus.Settings;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Proposes what comes of a request or a definition that the databases refuse: as an entry of the log, so that it is the same on every
 * replica. Once in a term is enough for each. Whether this leader may is {@link VerdictDecision}'s matter. Used on the loop.
 */
final class VerdictProposals {

    private static final long HAND_OVER_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Proposals proposals;
    /** When the leadership was last handed over for a verdict's sake, on the monotonic clock; absent: never. */
    private @Nullable Long handedOver;
    private @Nullable Proposed last;

    VerdictProposals(Proposals proposals) {
        this.proposals = proposals;
    }

    private record Proposed(long term, long entry, int request) {}

    /** Does what a leader has to do about what its database refuses, if it refuses anything. */
    void decide(GroupReplica leader, Settings settings, long now) {
        Applier applier = leader.applier();
        RefusedEntry refused = applier.refused();
        UnresolvedRequestException open = refused.open();
        if (open == null || applier.verdicts().has(open.entry(), open.request())) {
            return;
        }
        Replica core = leader.core();
        switch (decision(open.entry(), refused, core, settings, now)) {
            case VerdictDecision.Propose() -> propose(open, core, now, leader.view());
            case VerdictDecision.HandOver(MemberId to) -> {
                leader.stalled(RefusedEntry.reason(open, "another member has carried it out, and shall lead"));
                Long before = handedOver;
                if (before == null || now - before >= HAND_OVER_PAUSE_NANOS) {
                    handedOver = now;
                    core.transferLeadership(to, now);
                    applier.releaseWaiters();
                }
            }
            case VerdictDecision.Wait(String reason) -> leader.stalled(RefusedEntry.reason(open, reason));
        }
    }

    private static VerdictDecision decision(
            long entry, RefusedEntry refused, Replica core, Settings settings, long now) {
        ReplicaStatus status = core.status();
        return VerdictDecision.of(
                entry,
                core.self(),
                refused.isTold(now),
                now - refused.since(),
                status.configuration(),
                status.peers().stream()
                        .map(peer -> VerdictDecision.Standing.of(peer, now, 2 * settings.electionTimeout()))
                        .toList());
    }

    private void propose(UnresolvedRequestException open, Replica core, long now, ReplicaView view) {
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

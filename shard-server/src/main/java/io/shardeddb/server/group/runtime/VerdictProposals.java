package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.Settings;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.apply.Applier;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.group.verdict.RefusedEntry;
import io.shardeddb.server.group.verdict.RequestsBehind;
import io.shardeddb.server.group.verdict.VerdictDecision;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Proposes a verdict on a request or a definition that the databases refuse. The verdict is an entry of the log, so it
 * is the same on every replica. Once in a term is enough for each. Whether this leader may is {@link VerdictDecision}'s
 * matter. Used on the loop.
 */
final class VerdictProposals {

    private static final long HAND_OVER_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Proposals proposals;
    /** When the leadership was last handed over for a verdict's sake, on the monotonic clock; absent: never. */
    private @Nullable Long handedOver;

    private final RequestsBehind behind = new RequestsBehind();
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
        if (open == null && !leader.tables().isInDoubt()) {
            return;
        }
        List<VerdictDecision.Standing> others = leader.core().status().peers().stream()
                .map(peer -> VerdictDecision.Standing.of(peer, now, 2 * settings.electionTimeout()))
                .toList();
        if (open == null) {
            giveWay(leader, others, now);
            return;
        }
        if (applier.verdicts().has(open.entry(), open.request())) {
            return;
        }
        Replica core = leader.core();
        VerdictDecision decision = VerdictDecision.of(
                what(open, leader, now), core.self(), core.status().configuration(), others);
        switch (decision) {
            case VerdictDecision.Propose() -> propose(open, core, now, leader.view());
            case VerdictDecision.HandOver(MemberId to) -> {
                leader.stalled(RefusedEntry.reason(open, "another member has carried it out, and shall lead"));
                handOver(leader, to, now);
            }
            case VerdictDecision.Wait(String reason) -> leader.stalled(RefusedEntry.reason(open, reason));
        }
    }

    /** Tables that this leader has made and most others refuse are taken back by one of those. */
    private void giveWay(GroupReplica leader, List<VerdictDecision.Standing> others, long now) {
        Configuration configuration = leader.core().status().configuration();
        VerdictDecision.overruler(leader.tables().entries(), configuration, others)
                .ifPresent(to -> handOver(leader, to, now));
    }

    private void handOver(GroupReplica leader, MemberId to, long now) {
        Long before = handedOver;
        if (before == null || now - before >= HAND_OVER_PAUSE_NANOS) {
            handedOver = now;
            leader.core().transferLeadership(to, now);
            leader.applier().releaseWaiters();
        }
    }

    private VerdictDecision.Refused what(UnresolvedRequestException open, GroupReplica leader, long now) {
        RefusedEntry refused = leader.applier().refused();
        LogEntry entry =
                leader.log().entries(open.entry(), open.entry(), Long.MAX_VALUE).getFirst();
        LoggedCommand command = entry.payload() instanceof CommandPayload payload
                ? payload.command()
                : LoggedCommand.getDefaultInstance();
        long since = now - refused.since() < now - leader.ledSince() ? refused.since() : leader.ledSince();
        return new VerdictDecision.Refused(
                open.entry(),
                open.request(),
                command.hasDefineSchema(),
                reliance(entry, command, leader),
                refused.isTold(now),
                now - since);
    }

    private VerdictDecision.Reliance reliance(LogEntry entry, LoggedCommand command, GroupReplica leader) {
        long term = leader.core().term();
        if (command.hasDefineSchema()) {
            long version = command.getDefineSchema().getVersion();
            return behind.mayBe(leader.log(), term, entry.index(), version)
                    ? VerdictDecision.Reliance.REQUESTS
                    : VerdictDecision.Reliance.NOBODY;
        }
        // Only the leader that proposed a write tells its outcome.
        return entry.term() == term && !leader.proposals().hasAnswered(entry.index())
                ? VerdictDecision.Reliance.NOBODY
                : VerdictDecision.Reliance.PERHAPS_A_CLIENT;
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

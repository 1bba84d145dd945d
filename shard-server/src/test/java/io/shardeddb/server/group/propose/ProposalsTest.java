package io.shardeddb.server.group.propose;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.LogView;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Recovered;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.Settings;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.group.clock.HybridClock;
import io.shardeddb.server.group.clock.PeerClocks;
import io.shardeddb.server.group.decision.ProposalDecision;
import io.shardeddb.server.store.EntryOutcome;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** What a writer is told when the entry of its write is gone from the leader's log. */
class ProposalsTest {
    private static final long SECOND = 1_000_000_000L;

    private final ReplicaView view = ReplicaView.initial("sh1");
    private final List<WriteReply> replies = new ArrayList<>();
    private final Terms log = new Terms();
    private final Proposals proposals = new Proposals(
            new HybridClock(InstantSource.system(), System::nanoTime, new PeerClocks(), () -> false),
            new NoService(),
            Runnable::run,
            () -> {},
            () -> false);

    /** Proposes a write in term 1; returns its index. */
    private long proposed() {
        Member alone = new Member(new MemberId(0, 1), "one");
        long now = System.nanoTime();
        Replica core = new Replica(
                new GroupId(1, 1),
                alone.id(),
                Settings.DEFAULT,
                Recovered.bootstrap(VoterSet.majority(List.of(alone))),
                log,
                new Random(1),
                now);
        core.tick(now);
        Effects effects = core.drain();
        core.persisted(effects.number(), now);
        log.take(core.drain());
        proposals.offer(new Pending(
                LoggedRequest.getDefaultInstance(), IdOrigin.ID_OF_CLIENT, now + 60 * SECOND, replies::add));
        proposals.propose(core, view, now + SECOND);
        log.take(core.drain());
        assertThat(proposals.waiting()).isZero();
        return log.lastIndex();
    }

    @Test
    void aTruncatedWriteIsToldNothingUntilItsIndexIsDecided() {
        long index = proposed();
        proposals.truncated(index);
        assertThat(replies).isEmpty();
        assertThat(proposals.isIdle()).isFalse();
    }

    @Test
    void aTruncatedWriteThatIsCommittedAllTheSameIsAnsweredByWhatItGave() {
        long index = proposed();
        long term = log.term(index);
        proposals.truncated(index);
        proposals.decided(index, log, view);
        assertThat(replies).isEmpty();
        WriteReply gave = WriteReply.newBuilder().setIndex(index).build();
        proposals
                .takeThrough(index)
                .forEach((at, waiters) ->
                        Proposals.answer(waiters, term, new EntryOutcome(at, List.of(gave), List.of(), null), view));
        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst().getIndex()).isEqualTo(index);
        assertThat(proposals.isIdle()).isTrue();
    }

    @Test
    void aWriteOfALostLeadershipHoldsNoLaterOneUp() {
        long index = proposed();
        long term = log.term(index);
        long now = System.nanoTime();
        // Its entry may be gone from the log before it was ever in there.
        proposals.leadershipLost(view);
        proposals.offer(new Pending(
                LoggedRequest.getDefaultInstance(), IdOrigin.ID_OF_CLIENT, now + 60 * SECOND, replies::add));
        assertThat(proposals.next(term + 2, now + SECOND)).isEqualTo(ProposalDecision.Next.PROPOSE);
        assertThat(replies).isEmpty();
        proposals.decided(index, log, view);
        assertThat(proposals.takeThrough(index)).containsOnlyKeys(index);
    }

    @Test
    void aTruncatedWriteIsRefusedWhenAnotherEntryIsCommittedInItsPlace() {
        long index = proposed();
        proposals.truncated(index);
        log.terms.set((int) index - 1, 7L);
        proposals.decided(index, log, view);
        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst().getError().getCode()).isEqualTo(ErrorCode.NOT_LEADER.name());
    }

    @Test
    void aTruncatedWriteIsUnknownWhenACopyLeaptOverItsIndex() {
        long index = proposed();
        proposals.truncated(index);
        log.first = index + 1;
        proposals.decided(index, log, view);
        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst().getError().getCode()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN.name());
    }

    @Test
    void aTruncatedWriteIsUnknownWhenItsTimeIsUp() {
        long index = proposed();
        proposals.truncated(index);
        proposals.expire(System.nanoTime() + 120 * SECOND, view);
        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst().getError().getCode()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN.name());
    }

    /**
     * The service's time is another than the one that ids were issued by: the log would refuse them with an answer that
     * blames the client.
     */
    @Test
    void idsAreJudgedByTheTimeThatStampsThem() {
        long noon = 1_800_000_000_000L;
        StampedBatch batch =
                new StampedBatch(List.of(issued(noon), issued(noon + 3_600_000), issued(noon + 29_000)), 1);
        batch.judge(noon, view);
        assertThat(batch.writes()).hasSize(2);
        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst().getError().getCode()).isEqualTo(ErrorCode.REQUEST_TIME.name());
        assertThat(replies.getFirst().getError().getDetailsOrThrow("millis")).isEqualTo(Long.toString(noon));
        assertThat(replies.getFirst().getLeader().getLogMillis()).isEqualTo(noon);
    }

    private Pending issued(long millis) {
        LoggedRequest request = LoggedRequest.newBuilder()
                .setRequest(RequestId.newBuilder().setIssuedAtMillis(millis))
                .build();
        return new Pending(request, IdOrigin.ID_OF_CLIENT, Long.MAX_VALUE, replies::add);
    }

    /** Terms alone, which can be set at will. */
    private static final class Terms implements LogView {
        private final List<Long> terms = new ArrayList<>();
        private long first = 1;

        void take(Effects effects) {
            effects.entries().forEach(entry -> terms.add(entry.term()));
        }

        @Override
        public long firstIndex() {
            return first;
        }

        @Override
        public long lastIndex() {
            return terms.size();
        }

        @Override
        public long term(long index) {
            return index == 0 ? 0 : terms.get((int) index - 1);
        }

        @Override
        public List<LogEntry> entries(long from, long to, long maxBytes) {
            return List.of();
        }
    }

    private static final class NoService implements TimestampSource {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public long next(int count, long floor, LongConsumer then) {
            throw new IllegalStateException("off");
        }

        @Override
        public void forget(long request) {
            throw new IllegalStateException("off");
        }
    }
}

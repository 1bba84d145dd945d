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
import io.shardeddb.consensus.timestamp.TimestampLayout;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowCondition;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.PeerVersions;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.group.clock.HybridClock;
import io.shardeddb.server.group.clock.PeerClocks;
import io.shardeddb.server.log.CommandPayload;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which timestamps the writes of one entry get, and in what form the entry is logged. */
class ProposalTimestampsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOON = 1_800_000_000_000L;
    private static final String OLD = "old:7000";

    private final ReplicaView view = ReplicaView.initial("sh1");
    private final List<WriteReply> replies = new ArrayList<>();
    private final Log log = new Log();
    private final Service service = new Service();
    private final PeerVersions versions = new PeerVersions();
    private final HybridClock clock = new HybridClock(
            InstantSource.fixed(Instant.ofEpochMilli(NOON)), () -> 0, new PeerClocks(), () -> service.on);
    private final Proposals proposals = new Proposals(
            clock, service, Runnable::run, () -> {}, () -> versions.anyOlder(() -> List.of("new:7000", OLD)));
    private Replica core;
    private long now;

    @BeforeEach
    void lead() {
        Member alone = new Member(new MemberId(0, 1), "one");
        core = new Replica(
                new GroupId(1, 1),
                alone.id(),
                Settings.DEFAULT,
                Recovered.bootstrap(VoterSet.majority(List.of(alone))),
                log,
                new Random(1),
                0);
        core.tick(0);
        Effects effects = core.drain();
        core.persisted(effects.number(), 0);
        log.take(core.drain());
    }

    private void propose(LoggedRequest... requests) {
        for (LoggedRequest request : requests) {
            proposals.offer(new Pending(request, IdOrigin.ID_OF_SENDER, now + 60 * SECOND, replies::add));
        }
        now += SECOND;
        proposals.propose(core, view, now);
        commit();
    }

    private void commit() {
        Effects effects = core.drain();
        log.take(effects);
        core.persisted(effects.number(), now);
        log.take(core.drain());
        proposals.committedTo(log.lastIndex());
    }

    private static LoggedRequest plain(int operations) {
        LoggedRequest.Builder request =
                LoggedRequest.newBuilder().setRequest(RequestId.newBuilder().setIssuedAtMillis(NOON));
        for (int i = 0; i < operations; i++) {
            request.addOperations(RowOperation.getDefaultInstance());
        }
        return request.build();
    }

    private static LoggedRequest conditional() {
        return plain(0).toBuilder()
                .addOperations(RowOperation.newBuilder()
                        .addConditions(RowCondition.newBuilder().setPresent(true)))
                .build();
    }

    private static LoggedRequest alone(int operations) {
        return plain(operations).toBuilder().setEachAlone(true).build();
    }

    @Test
    void oneWriteLooksAsItAlwaysDid() {
        propose(plain(3));
        assertThat(log.last().hasWrite()).isTrue();
        assertThat(LoggedWrites.of(log.last()).first()).isEqualTo(NOON << 16);
    }

    @Test
    void eachWriteOfAnEntryHasATimestampOfItsOwn() {
        propose(plain(3), alone(4), conditional());
        LoggedCommand entry = log.last();
        assertThat(entry.getVersionedWrite().getRequestsCount()).isEqualTo(3);
        assertThat(LoggedWrites.of(entry).first()).isEqualTo(NOON << 16);
        assertThat(LoggedWrites.of(entry).step()).isEqualTo(1);
        assertThat(entry.getTimestamp()).as("1 + 4 + 1 are taken").isEqualTo((NOON << 16) + 5);

        propose(conditional());
        assertThat(LoggedWrites.of(log.last()).first()).isEqualTo((NOON << 16) + 6);
    }

    @Test
    void theServiceGivesOneForEach() {
        service.on = true;
        propose(plain(1), alone(2));
        assertThat(service.count).isEqualTo(3);
        service.answer((NOON + 9) << 16);
        now += SECOND;
        proposals.propose(core, view, now);
        log.take(core.drain());

        LoggedWrites writes = LoggedWrites.of(log.last());
        assertThat(writes.first()).isEqualTo((NOON + 9) << 16);
        assertThat(writes.first() + 2 * writes.step())
                .isEqualTo(TimestampLayout.later(writes.first(), 2))
                .isEqualTo(log.last().getTimestamp());
        assertThat(clock.last()).isEqualTo(log.last().getTimestamp());
    }

    /** An older member would not apply such an entry. */
    @Test
    void nothingIsLoggedThatAKnownMemberCannotApply() {
        versions.heard(OLD, 0);
        propose(plain(1), conditional(), plain(1));
        assertThat(log.last().getWrite().getRequestsCount()).isEqualTo(2);
        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst().getError().getCode()).isEqualTo(ErrorCode.OLDER_SERVER.name());

        versions.heard("another:7000", 0);
        versions.heard(OLD, PeerVersions.COMMAND_RULES);
        propose(plain(1), plain(1));
        assertThat(log.last().hasVersionedWrite())
                .as("the one that is older still is no member")
                .isTrue();
    }

    /** Keeps what is proposed. */
    private static final class Log implements LogView {
        private final List<LogEntry> entries = new ArrayList<>();

        void take(Effects effects) {
            entries.addAll(effects.entries());
        }

        LoggedCommand last() {
            return ((CommandPayload) entries.getLast().payload()).command();
        }

        @Override
        public long firstIndex() {
            return 1;
        }

        @Override
        public long lastIndex() {
            return entries.size();
        }

        @Override
        public long term(long index) {
            return index == 0 ? 0 : entries.get((int) index - 1).term();
        }

        @Override
        public List<LogEntry> entries(long from, long to, long maxBytes) {
            return List.of();
        }
    }

    /** Answers when the test says so. */
    private static final class Service implements TimestampSource {
        private boolean on;
        private int count;
        private LongConsumer asker = first -> {};

        void answer(long first) {
            asker.accept(first);
        }

        @Override
        public boolean isOn() {
            return on;
        }

        @Override
        public long next(int asked, long floor, LongConsumer then) {
            count = asked;
            asker = then;
            return 1;
        }

        @Override
        public void forget(long request) {
            asker = first -> {};
        }
    }
}

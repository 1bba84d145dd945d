package io.shardeddb.server.group.propose;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.LogView;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.Recovered;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.Settings;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.TimestampSource;
import io.shardeddb.server.group.clock.HybridClock;
import io.shardeddb.server.group.clock.PeerClocks;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.store.EntryOutcome;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Five members under one seed, each with its real protocol core and its real waiters, while leaders come and go and
 * entries reach whom they reach: no writer is told that nothing changed whose write is committed in the end. The number
 * of seeds is {@code outcomes.seeds}, the first is {@code outcomes.first}.
 */
class ProposalsOutcomesTest {
    private static final long SEEDS = Long.getLong("outcomes.seeds", 300);
    private static final long FIRST = Long.getLong("outcomes.first", 0);
    private static final long MOST_SEEDS_TO_NOTICE = 20_000;
    private static final int MEMBERS = 5;
    private static final int EPOCHS = 16;
    private static final long SECOND = 1_000_000_000L;
    private static final GroupId GROUP = new GroupId(1, 1);

    /** The members, and what the test knows of all writes. */
    private static final class World {
        private final Random random;
        /** Whether a write that is gone from its leader's log is told at once that it will never run. */
        private final boolean truncatedIsRefused;

        private final List<Node> nodes = new ArrayList<>();
        private final ArrayDeque<Message> messages = new ArrayDeque<>();
        private final Map<Long, WriteReply> answers = new HashMap<>();
        private final Set<Long> committed = new HashSet<>();
        /** Who takes no entries, and who is cut off. */
        private final Set<MemberId> withoutEntries = new HashSet<>();

        private final Set<MemberId> cutOff = new HashSet<>();
        // Ahead of the real clock, by which the gathering of writes begins.
        private long now = System.nanoTime() + 10 * SECOND;
        private long writes;

        World(long seed, boolean truncatedIsRefused) {
            random = new Random(seed);
            this.truncatedIsRefused = truncatedIsRefused;
            List<Member> members = new ArrayList<>();
            for (int i = 0; i < MEMBERS; i++) {
                members.add(new Member(new MemberId(0, i + 1), "server-" + i));
            }
            for (Member member : members) {
                nodes.add(new Node(this, member.id(), VoterSet.majority(members)));
            }
        }

        /** Everything happens that can; returns the writes that were told that nothing changed, and are committed. */
        Set<Long> run() {
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                epoch();
            }
            cutOff.clear();
            withoutEntries.clear();
            // One of them leads, and with the first entry of its term everything before is decided.
            for (int i = 0; i < 4 * MEMBERS; i++) {
                stand(nodes.get(i % MEMBERS));
                settle();
            }
            Set<Long> wrong = new HashSet<>();
            answers.forEach((write, reply) -> {
                boolean unknown = reply.hasError()
                        && DatabaseException.ofWire(reply.getError()).kind() == ErrorKind.UNKNOWN;
                boolean there = committed.contains(write);
                if (!unknown && reply.hasError() == there) {
                    wrong.add(write);
                }
            });
            return wrong;
        }

        private void epoch() {
            cutOff.clear();
            withoutEntries.clear();
            for (Node node : nodes) {
                if (random.nextInt(4) == 0) {
                    cutOff.add(node.id);
                }
                if (random.nextInt(2) == 0) {
                    withoutEntries.add(node.id);
                }
            }
            stand(nodes.get(random.nextInt(MEMBERS)));
            settle();
            for (Node node : nodes) {
                if (node.core.role() == Role.LEADER && random.nextInt(3) > 0) {
                    node.offer(writes++);
                }
            }
            settle();
            if (random.nextInt(3) == 0) {
                withoutEntries.clear();
                nodes.forEach(node -> node.core.tick(now));
                settle();
            }
        }

        /** The node's election time-out passes. */
        private void stand(Node node) {
            now += 2 * Settings.DEFAULT.electionTimeout();
            node.core.tick(now);
        }

        private void settle() {
            boolean busy = true;
            while (busy) {
                busy = false;
                for (Node node : nodes) {
                    busy |= node.drive();
                }
                Message message = messages.poll();
                if (message != null) {
                    busy = true;
                    if (arrives(message)) {
                        nodes.get((int) message.to().low() - 1).core.step(message, now);
                    }
                }
            }
        }

        private boolean arrives(Message message) {
            boolean entries = message instanceof Message.AppendRequest append
                    && !append.entries().isEmpty();
            return !cutOff.contains(message.from())
                    && !cutOff.contains(message.to())
                    && !(entries && withoutEntries.contains(message.to()));
        }
    }

    /** One member, wired as {@code GroupReplica} does it. */
    private static final class Node {
        private final World world;
        private final MemberId id;
        private final MemberLog log = new MemberLog();
        private final Replica core;
        private final Proposals proposals = new Proposals(
                new HybridClock(InstantSource.system(), System::nanoTime, new PeerClocks(), () -> false),
                new NoService(),
                Runnable::run,
                () -> {},
                () -> false);
        private ReplicaView view = ReplicaView.initial("sh1");
        private long applied;

        Node(World world, MemberId id, VoterSet voters) {
            this.world = world;
            this.id = id;
            core = new Replica(
                    GROUP,
                    id,
                    Settings.DEFAULT,
                    Recovered.bootstrap(voters),
                    log,
                    new Random(world.random.nextLong()),
                    world.now);
        }

        void offer(long write) {
            LoggedRequest request = LoggedRequest.newBuilder()
                    .setRequest(RequestId.newBuilder().setClient("c").setNumber(write))
                    .build();
            proposals.offer(new Pending(
                    request,
                    IdOrigin.ID_OF_CLIENT,
                    world.now + 100 * SECOND,
                    reply -> world.answers.putIfAbsent(write, reply)));
        }

        /** A turn; false when there was nothing to do. */
        boolean drive() {
            if (core.role() == Role.LEADER) {
                proposals.propose(core, view, world.now);
            }
            Effects effects = core.drain();
            if (effects.truncateFrom() > 0) {
                truncated(effects.truncateFrom());
            }
            effects.entries().forEach(log.entries::add);
            if (effects.softState() != null) {
                Role before = view.role();
                view = view.led(core.role(), core.term(), LeaderHint.getDefaultInstance());
                // Who forgets no leadership finds its entries when they are gone from the log.
                if (before == Role.LEADER && view.role() != Role.LEADER && !world.truncatedIsRefused) {
                    proposals.leadershipLost(view);
                }
            }
            world.messages.addAll(effects.messages());
            if (effects.number() > 0) {
                world.messages.addAll(effects.messagesWhenDurable());
                core.persisted(effects.number(), world.now);
            }
            if (effects.applyUpTo() > 0) {
                proposals.committedTo(effects.applyUpTo());
                proposals.decided(effects.applyUpTo(), log, view);
                apply(effects.applyUpTo());
            }
            return effects.number() > 0
                    || effects.applyUpTo() > 0
                    || !effects.messages().isEmpty();
        }

        private void truncated(long from) {
            log.entries.subList((int) from - 1, log.entries.size()).clear();
            if (world.truncatedIsRefused) {
                // Nothing before it is lost here: what is committed there is told as unknown, which is always true.
                proposals.takeThrough(from - 1).values().forEach(waiters -> Proposals.answerUnknown(waiters, view));
                proposals
                        .takeThrough(Long.MAX_VALUE)
                        .values()
                        .forEach(waiters ->
                                waiters.writes().forEach(write -> write.reply().accept(Answers.notLeader(view))));
            }
            proposals.truncated(from);
        }

        private void apply(long upTo) {
            TreeMap<Long, Proposals.Waiters> waiting = new TreeMap<>(proposals.takeThrough(upTo));
            for (long index = applied + 1; index <= upTo; index++) {
                List<WriteReply> replies = new ArrayList<>();
                LogEntry entry = log.entries.get((int) index - 1);
                if (entry.payload() instanceof CommandPayload payload) {
                    for (LoggedRequest request :
                            LoggedWrites.of(payload.command()).requests()) {
                        world.committed.add(request.getRequest().getNumber());
                        replies.add(WriteReply.newBuilder().setIndex(index).build());
                    }
                }
                Proposals.Waiters waiters = waiting.remove(index);
                if (waiters != null) {
                    Proposals.answer(waiters, entry.term(), new EntryOutcome(index, replies, List.of(), null), view);
                }
            }
            waiting.values().forEach(waiters -> Proposals.answerUnknown(waiters, view));
            applied = upTo;
            core.applied(upTo);
        }
    }

    /** A log from its first entry on. */
    private static final class MemberLog implements LogView {
        private final List<LogEntry> entries = new ArrayList<>();

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
            return List.copyOf(entries.subList((int) from - 1, (int) to));
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

    @Test
    void whoIsToldThatNothingChangedHasChangedNothing() {
        long acknowledged = 0;
        long refused = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            World world = new World(seed, false);
            assertThat(world.run())
                    .as("seed %d; again with -Doutcomes.first=%d -Doutcomes.seeds=1", seed, seed)
                    .isEmpty();
            for (WriteReply reply : world.answers.values()) {
                acknowledged += reply.hasError() ? 0 : 1;
                refused += reply.getError().getCode().equals("NOT_LEADER") ? 1 : 0;
            }
        }
        assertThat(acknowledged).as("writes that were acknowledged").isPositive();
        assertThat(refused).as("writes that another entry replaced").isPositive();
    }

    @Test
    void noticesThatATruncatedWriteIsToldAsRefused() {
        long seed = FIRST;
        while (new World(seed, true).run().isEmpty()) {
            seed++;
            assertThat(seed).as("no seed notices it").isLessThan(FIRST + MOST_SEEDS_TO_NOTICE);
        }
    }
}

package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.HardState;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Message;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.Settings;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.consensus.VoterSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The servers of one group, the network between them, and copies from one to another. */
final class Cluster {
    static final GroupId GROUP = new GroupId(7, 7);
    static final long MILLI = Knobs.MILLI;

    final World world;
    final Knobs knobs;
    final Variant variant;
    final Checker checker;
    final Settings settings;
    final List<SimNode> nodes = new ArrayList<>();

    /** Ids that have been in a committed configuration: none of them may be added again. */
    final Set<MemberId> everMembers = new HashSet<>();

    private final Set<MemberId> lost = new HashSet<>();
    private final boolean[][] cut;
    private long ids = 100;
    boolean healed;

    Cluster(World world, Knobs knobs, Variant variant) {
        this.world = world;
        this.knobs = knobs;
        this.variant = variant;
        settings = new Settings(
                (knobs.estranged() ? 53 : 40) * MILLI, 160 * MILLI, 0.1, knobs.lease(), 200, 4, 600, 1 << 16);
        cut = new boolean[knobs.servers()][knobs.servers()];
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < knobs.servers(); i++) {
            members.add(new Member(nextId(), "server-" + i));
        }
        VoterSet voters = new VoterSet(members, knobs.tolerance());
        checker = new Checker(Configuration.of(voters));
        for (int i = 0; i < knobs.servers(); i++) {
            nodes.add(new SimNode(this, i, members.get(i).id(), SnapshotMarker.bootstrap(voters)));
            everMembers.add(members.get(i).id());
        }
        nodes.forEach(SimNode::start);
    }

    MemberId nextId() {
        return new MemberId(0, ids++);
    }

    @Nullable
    SimNode nodeOf(MemberId id) {
        for (SimNode node : nodes) {
            if (node.id().equals(id)) {
                return node;
            }
        }
        return null;
    }

    // ---- network

    void cut(int from, int to, boolean off) {
        cut[from][to] = off;
    }

    boolean isCut(int from, int to) {
        return cut[from][to];
    }

    /** A process has ended: the others' connections to it are reset, and mostly they notice. */
    void connectionsBreak(SimNode gone) {
        for (SimNode other : nodes) {
            connectionBreaks(gone, other);
        }
    }

    /** One server may notice that its connection to another is broken, whether that one lives or not. */
    void connectionBreaks(SimNode gone, SimNode other) {
        if (other != gone && world.otherRandom.nextInt(4) > 0) {
            MemberId member = gone.id();
            world.after(
                    world.otherRandom.nextLong(20 * Knobs.MILLI),
                    () -> other.whenRunning(() -> other.act(running -> running.unreachable(member, other.now()))));
        }
    }

    void connectAll() {
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
    }

    void send(SimNode from, Message message) {
        if (message instanceof Message.VoteResponse vote && vote.granted() && !vote.preVote()) {
            HardState durable = from.disk().durable().hardState;
            Checker.check(
                    durable.term() > vote.term() || vote.to().equals(durable.vote()),
                    "a vote is durable before it is sent, by node " + from.number() + " in term " + vote.term());
        }
        if (!healed && world.chance(knobs.loss())) {
            return;
        }
        deliver(from, message);
        if (!healed && world.chance(knobs.duplicates())) {
            deliver(from, message);
        }
    }

    private void deliver(SimNode from, Message message) {
        long delay = 100_000 + world.upTo(knobs.latency());
        if (!healed && message instanceof Message.TimeoutNow && world.chance(0.3)) {
            delay += world.upTo(300 * MILLI);
        }
        if (knobs.estranged() && !healed && message instanceof Message.HeartbeatResponse && world.chance(0.1)) {
            delay += world.upTo(400 * MILLI);
        }
        world.after(delay, () -> {
            SimNode to = nodeOf(message.to());
            if (to != null && !cut[from.number()][to.number()]) {
                to.receive(message);
            }
        });
    }

    // ---- what has been lost

    boolean isLost(MemberId id) {
        if (lost.contains(id)) {
            return true;
        }
        SimNode node = nodeOf(id);
        return node != null && node.store().isCleared();
    }

    void lose(MemberId id) {
        lost.add(id);
    }

    /** Whether one more member's data may be lost without going beyond what the group tolerates. */
    boolean mayLose(SimNode node) {
        if (!tolerates(checker.latestConfiguration().configuration(), node)) {
            return false;
        }
        for (SimNode other : nodes) {
            Replica replica = other.replica();
            if (replica != null && !tolerates(replica.status().configuration(), node)) {
                return false;
            }
        }
        return true;
    }

    /** Whether all that has been lost is within what every configuration in force anywhere tolerates. */
    boolean isWithinTolerance() {
        for (SimNode node : nodes) {
            Replica replica = node.replica();
            if (replica != null && !tolerates(replica.status().configuration(), null)) {
                return false;
            }
        }
        return tolerates(checker.latestConfiguration().configuration(), null);
    }

    private boolean tolerates(Configuration configuration, @Nullable SimNode node) {
        VoterSet outgoing = configuration.outgoing();
        return tolerates(configuration.voters(), node) && (outgoing == null || tolerates(outgoing, node));
    }

    private boolean tolerates(VoterSet voters, @Nullable SimNode node) {
        if (voters.size() == 0 || (node != null && !voters.contains(node.id()))) {
            return true;
        }
        int gone = 0;
        for (Member member : voters.members()) {
            if ((node != null && member.id().equals(node.id())) || isLost(member.id())) {
                gone++;
            }
        }
        return gone <= voters.size() - Math.max(voters.commitQuorum(), voters.electionQuorum());
    }

    void checkHeld() {
        long index = checker.committedIndex();
        long term = checker.committedTerm();
        checker.checkHeld(id -> holds(id, index, term), this::isLost);
    }

    private boolean holds(MemberId id, long index, long term) {
        SimNode node = nodeOf(id);
        if (node == null) {
            return false;
        }
        var log = node.disk().durable().log;
        if (node.store().durableApplied() < log.marker().index()) {
            return false;
        }
        return log.marker().index() >= index || (log.lastIndex() >= index && log.term(index) == term);
    }

    // ---- membership seen from outside

    void committed(Effects.CommittedConfiguration configuration) {
        boolean latest = configuration.index() == checker.latestConfiguration().index();
        for (Member member : configuration.configuration().everyone()) {
            everMembers.add(member.id());
        }
        if (!latest || configuration.configuration().isJoint()) {
            return;
        }
        for (SimNode node : nodes) {
            boolean removed = everMembers.contains(node.id())
                    && !configuration.configuration().contains(node.id());
            if (removed) {
                deleteVolume(node);
            }
        }
    }

    void deleteVolume(SimNode node) {
        checker.deleted(node.id());
        world.trace("operator deletes the volume of " + node.number() + " ("
                + node.id().low() + ")");
        world.after(0, node::wipeAndRestart);
    }

    // ---- copies

    void copyWanted(SimNode leader, Effects.CopyNeeded wanted) {
        SimNode receiver = nodeOf(wanted.member());
        if (receiver != null && !isCut(leader.number(), receiver.number())) {
            copyTo(receiver);
        }
        world.after(250 * MILLI, () -> leader.copyFailed(wanted.member()));
    }

    void copyTo(SimNode receiver) {
        SimNode source = nodes.get(world.random.nextInt(nodes.size()));
        Replica from = source.replica();
        boolean possible = source != receiver
                && from != null
                && !source.store().isCleared()
                && receiver.receiver().mayReceive(source.store().rows().applied);
        if (from == null || !possible || isCut(source.number(), receiver.number())) {
            return;
        }
        Rows view = source.store().rows().copy();
        if (view.applied < source.log().marker().index() || view.applied > from.commitIndex()) {
            return;
        }
        SnapshotMarker marker = from.markerAt(view.applied);
        world.trace("copy to " + receiver.number() + " from " + source.number() + " at " + marker.index());
        long receiving = receiver.receiver().begin();
        world.after(10 * MILLI + world.upTo(120 * MILLI), () -> {
            if (isCut(source.number(), receiver.number())) {
                receiver.receiver().end(receiving);
                return;
            }
            if (variant == Variant.COPY_OVER_TWO_VIEWS) {
                System.arraycopy(source.store().rows().values, 2, view.values, 2, 2);
            }
            if (variant == Variant.COPY_WITHOUT_RECORDS) {
                view.records.clear();
            }
            receiver.receiver().received(receiving, view, marker);
        });
    }
}

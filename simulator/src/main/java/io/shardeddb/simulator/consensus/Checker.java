package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.VoterSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The invariants, as far as one can see them from outside and at once. */
final class Checker {
    private record Place(long index, long term) {}

    private record Known(Payload payload, long previousTerm) {}

    private final Map<Long, MemberId> leaders = new HashMap<>();
    private final Map<Place, Known> entries = new HashMap<>();
    private final List<LogEntry> committed = new ArrayList<>();

    /** The term in which each of them was first seen to be committed. */
    private final List<Long> committedIn = new ArrayList<>();

    private long lastSettled;
    private final Map<Long, Long> stateAt = new HashMap<>();
    private final Map<Long, Long> ranAt = new HashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private final Set<MemberId> deleted = new HashSet<>();
    private final List<long[]> acknowledgements = new ArrayList<>();
    private Effects.CommittedConfiguration latestConfiguration;
    private long lastTimestamp;
    private long floor;

    Checker(Configuration first) {
        latestConfiguration = new Effects.CommittedConfiguration(0, first);
    }

    long committedIndex() {
        return committed.size();
    }

    long committedTerm() {
        return committed.isEmpty() ? 0 : committed.getLast().term();
    }

    Effects.CommittedConfiguration latestConfiguration() {
        return latestConfiguration;
    }

    /** What a strong read that begins now must see at least. */
    long floor() {
        return floor;
    }

    int acknowledgedCount() {
        return acknowledged.size();
    }

    void leads(SimNode node, long term) {
        MemberId other = leaders.putIfAbsent(term, node.id());
        check(other == null || other.equals(node.id()), "term " + term + " has one leader");
        int index = committed.size();
        while (index > 0 && committedIn.get(index - 1) >= term) {
            index--;
        }
        check(
                index == 0 || has(node, index, committed.get(index - 1).term()),
                "the leader of term " + term + " has every entry that was committed before, up to " + index);
    }

    private static boolean has(SimNode node, long index, long term) {
        return node.log().firstIndex() > index
                || (node.log().lastIndex() >= index && node.log().term(index) == term);
    }

    void appended(SimNode node, LogEntry entry) {
        if (entry.payload() instanceof Payload.Membership membership
                && !membership.configuration().isJoint()) {
            lastSettled = Math.max(lastSettled, entry.index());
        }
        long previousTerm = node.log().term(entry.index() - 1);
        Known known =
                entries.putIfAbsent(new Place(entry.index(), entry.term()), new Known(entry.payload(), previousTerm));
        check(
                known == null || (known.payload().equals(entry.payload()) && known.previousTerm() == previousTerm),
                "logs with the same entry at " + entry.index() + " are the same up to it");
    }

    /** A replica believes that everything up to an index is committed. */
    void commits(SimNode node, long term, long from, long to) {
        for (long index = from + 1; index <= to; index++) {
            if (index < node.log().firstIndex()) {
                continue;
            }
            LogEntry entry = node.log().get(index);
            if (index <= committed.size()) {
                check(
                        committed.get((int) index - 1).term() == entry.term(),
                        "what is committed at " + index + " stays; node " + node.number() + " has term "
                                + entry.term());
            } else {
                check(index == committed.size() + 1, "commits have no gap at " + index);
                committedIn.add(term);
                newlyCommitted(entry);
            }
        }
    }

    private void newlyCommitted(LogEntry entry) {
        committed.add(entry);
        if (entry.payload() instanceof Batch batch && batch.schema() == 0) {
            check(batch.timestamp() > lastTimestamp, "timestamps increase in log order, at " + entry.index());
            lastTimestamp = batch.timestamp();
        }
        if (entry.payload() instanceof Payload.Membership membership) {
            Configuration configuration = membership.configuration();
            for (Member member : configuration.everyone()) {
                check(!deleted.contains(member.id()), "no committed configuration names a deleted volume");
            }
            latestConfiguration = new Effects.CommittedConfiguration(entry.index(), configuration);
        }
    }

    void deleted(MemberId id) {
        deleted.add(id);
    }

    /** What is committed is held durably by a quorum, counting those who lost everything and never vote again. */
    void checkHeld(Predicate<MemberId> holds, Predicate<MemberId> lost) {
        if (committed.isEmpty()) {
            return;
        }
        Configuration configuration = latestConfiguration.configuration();
        checkHeld(configuration.voters(), holds, lost);
        VoterSet outgoing = configuration.outgoing();
        // Once a leader has appended the end of the joint configuration, the new voters alone commit.
        if (outgoing != null && lastSettled < latestConfiguration.index()) {
            checkHeld(outgoing, holds, lost);
        }
    }

    private void checkHeld(VoterSet voters, Predicate<MemberId> holds, Predicate<MemberId> lost) {
        int without = 0;
        for (Member member : voters.members()) {
            if (!lost.test(member.id()) && !holds.test(member.id())) {
                without++;
            }
        }
        check(
                without <= voters.size() - voters.commitQuorum(),
                "committed entry " + committedIndex() + " is held durably by a quorum; " + without + " of "
                        + voters.size() + " are without it");
    }

    void applied(SimNode node, long index, long state) {
        check(index <= committedIndex(), "only committed entries are applied");
        check(
                index
                        <= Math.max(
                                node.disk().durable().log.lastIndex(),
                                node.log().marker().index()),
                "only entries that are durable here are applied: " + index + " on node " + node.number());
        Long other = stateAt.putIfAbsent(index, state);
        check(other == null || other == state, "states at " + index + " are equal; node " + node.number() + " differs");
    }

    void ran(long request, long index) {
        Long other = ranAt.putIfAbsent(request, index);
        check(other == null || other == index, "request " + request + " runs once, not at " + other + " and " + index);
    }

    void purged(SimNode node, long index) {
        check(
                index <= node.store().durableApplied(),
                "the log is purged only up to what the database has durable: " + index + " on node " + node.number());
    }

    void writeAcknowledged(long request, long index, long time) {
        check(index <= committedIndex(), "an acknowledged write is committed");
        check(
                committed.get((int) index - 1).payload() instanceof Batch batch && batch.request() == request,
                "acknowledged request " + request + " is in the log at " + index);
        acknowledged.add(request);
        raise(index, time);
    }

    void readAnswered(long floorAtBegin, long index, long time) {
        check(
                index >= floorAtBegin,
                "strong reads are linearizable: read " + index + " after " + floorAtBegin + " was acknowledged");
        raise(index, time);
    }

    private void raise(long index, long time) {
        if (index > floor) {
            floor = index;
            acknowledgements.add(new long[] {time, index});
        }
    }

    /** A member that has applied the index has seen everything that was acknowledged before the time. */
    void fresh(long index, long asOf) {
        long needed = 0;
        for (int i = acknowledgements.size() - 1; i >= 0; i--) {
            if (acknowledgements.get(i)[0] < asOf) {
                needed = acknowledgements.get(i)[1];
                break;
            }
        }
        check(needed <= index, "a follower is as fresh as it says: " + index + ", but " + needed + " was acknowledged");
    }

    void softState(SimNode node, Role role, long term) {
        if (role == Role.LEADER) {
            leads(node, term);
        }
    }

    static void check(boolean holds, String claim) {
        if (!holds) {
            throw new SimulationFailure(claim);
        }
    }
}

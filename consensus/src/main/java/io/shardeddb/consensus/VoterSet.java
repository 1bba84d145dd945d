package io.shardeddb.consensus;

import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A set of voters and the sizes of its two quorums. Every commit quorum meets every election quorum, because
 * {@code commitQuorum() + electionQuorum() > size()} (Howard, Malkhi, Spiegelman: Flexible Paxos, 2016).
 *
 * <p>With a fault tolerance of 0 both sizes are the majority, {@code floor(n / 2) + 1}, for even n too. With a fault
 * tolerance t of 1 or more, t + 1 acknowledgements commit and n - t votes elect (Cabinet, Lemma 4.1).
 *
 * @param members the voters, kept in the order of their ids; 0 to 63 of them
 * @param faultTolerance 0 for majorities, else t with {@code 1 <= t <= floor((n - 1) / 2)}
 */
public record VoterSet(List<Member> members, int faultTolerance) {
    /** No set has more voters than this. */
    public static final int MAX_VOTERS = 63;

    /** Nobody: the configuration of a member that has not yet heard from its group. */
    public static final VoterSet EMPTY = new VoterSet(List.of(), 0);

    /**
     * Checks and orders the members.
     *
     * @throws IllegalArgumentException if an id appears twice, there are too many members, or the fault tolerance is
     *     out of its range
     */
    public VoterSet {
        members = members.stream().sorted(Comparator.comparing(Member::id)).toList();
        int size = members.size();
        if (size > MAX_VOTERS) {
            throw new IllegalArgumentException(size + " voters; at most " + MAX_VOTERS + " are possible");
        }
        for (int i = 1; i < size; i++) {
            if (members.get(i).id().equals(members.get(i - 1).id())) {
                throw new IllegalArgumentException("voter " + members.get(i).id() + " appears twice");
            }
        }
        int most = Math.max(0, (size - 1) / 2);
        if (faultTolerance < 0 || faultTolerance > most) {
            throw new IllegalArgumentException(
                    "fault tolerance " + faultTolerance + " with " + size + " voters; allowed is 0 to " + most);
        }
    }

    /** Voters with majorities as both quorums. */
    public static VoterSet majority(List<Member> members) {
        return new VoterSet(members, 0);
    }

    /** The number of voters. */
    public int size() {
        return members.size();
    }

    /** How many voters must hold an entry durably before it is committed. Never below {@code min(2, size())}. */
    public int commitQuorum() {
        return faultTolerance > 0 ? faultTolerance + 1 : size() / 2 + 1;
    }

    /** How many votes make a leader. */
    public int electionQuorum() {
        return faultTolerance > 0 ? size() - faultTolerance : size() / 2 + 1;
    }

    /** The voter's place in {@link #members()}, or -1 if it is not one. */
    public int position(MemberId id) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the member is one of these voters. */
    public boolean contains(MemberId id) {
        return position(id) >= 0;
    }

    /** Whether these acknowledgements commit. */
    public boolean commits(Predicate<MemberId> acknowledged) {
        return count(acknowledged) >= commitQuorum();
    }

    /** Whether these votes elect. */
    public boolean elects(Predicate<MemberId> granted) {
        return count(granted) >= electionQuorum();
    }

    private int count(Predicate<MemberId> chosen) {
        int count = 0;
        for (int i = 0; i < members.size(); i++) {
            if (chosen.test(members.get(i).id())) {
                count++;
            }
        }
        return count;
    }
}

package io.shardeddb.consensus;

import java.util.ArrayList;
import java.util.List;

/**
 * The weights of one half of a configuration, which its leader gives out: the heaviest to itself, the others by who was
 * quick in the last round (Cabinet, PVLDB 18(5), section 4.1.2). A round is about one entry, the last of the log when
 * the round begins; it ends when every voter has acknowledged that entry, so that late ones are ranked too, or after a
 * while. Its end gives the weights out again and moves the clock. Every sum is of the weights of one clock.
 *
 * <p>Soft state of one leader in one term and one configuration. Elections know nothing of it.
 */
public final class Cabinet {
    private final VoterSet voters;
    private final WeightScheme scheme;
    private final int leader;
    private final long[] weights;
    private final int[] byRank;
    private final int[] ranked;
    private long clock;

    /** The entry that the present round is about; 0 between rounds. */
    private long goal;

    private long deadline;
    private long previousGoal;
    private final int[] arrived;
    private int arrivals;
    private List<MemberId> latest = List.of();

    /**
     * Gives weights out by the order of the ids.
     *
     * @param leader the leader's position among the voters; -1 if it is none of them
     * @param clock the first clock
     */
    Cabinet(VoterSet voters, WeightScheme scheme, int leader, long clock) {
        int size = voters.size();
        if (scheme.size() != size) {
            throw new IllegalArgumentException(scheme.size() + " weights for " + size + " voters");
        }
        this.voters = voters;
        this.scheme = scheme;
        this.leader = leader;
        this.clock = clock;
        weights = new long[size];
        byRank = new int[size];
        ranked = new int[size];
        arrived = new int[size];
        int rank = 0;
        if (leader >= 0) {
            byRank[rank++] = leader;
        }
        for (int position = 0; position < size; position++) {
            if (position != leader) {
                byRank[rank++] = position;
            }
        }
        giveOut();
    }

    long clock() {
        return clock;
    }

    /** The weights by rank. */
    public WeightScheme scheme() {
        return scheme;
    }

    /** The weight of a voter, by its position. */
    public long weight(int position) {
        return weights[position];
    }

    /**
     * Ranks who has reached the round's entry; ends and begins rounds.
     *
     * @param matches the durable match of each voter, by position
     * @param lastIndex the end of the leader's log
     * @param patience for how long a round waits for late ones, in nanoseconds
     */
    void observe(long[] matches, long lastIndex, long now, long patience) {
        if (goal == 0) {
            if (lastIndex <= previousGoal) {
                return;
            }
            goal = lastIndex;
            deadline = now + patience;
            arrivals = 0;
        }
        for (int position = 0; position < weights.length; position++) {
            if (position != leader && matches[position] >= goal && !hasArrived(position)) {
                arrived[arrivals++] = position;
            }
        }
        boolean complete = arrivals == weights.length - (leader < 0 ? 0 : 1);
        if (complete || (arrivals > 0 && now - deadline >= 0)) {
            endRound();
        }
    }

    private boolean hasArrived(int position) {
        for (int i = 0; i < arrivals; i++) {
            if (arrived[i] == position) {
                return true;
            }
        }
        return false;
    }

    /** The leader first, then by arrival; voters that did not arrive come last, in the order of before. */
    private void endRound() {
        int rank = 0;
        if (leader >= 0) {
            ranked[rank++] = leader;
        }
        List<MemberId> quick = new ArrayList<>(arrivals);
        for (int i = 0; i < arrivals; i++) {
            ranked[rank++] = arrived[i];
            quick.add(voters.members().get(arrived[i]).id());
        }
        for (int position : byRank) {
            if (position != leader && !hasArrived(position)) {
                ranked[rank++] = position;
            }
        }
        System.arraycopy(ranked, 0, byRank, 0, rank);
        latest = quick;
        previousGoal = goal;
        goal = 0;
        clock++;
        giveOut();
    }

    private void giveOut() {
        for (int rank = 0; rank < weights.length; rank++) {
            weights[byRank[rank]] = scheme.weight(rank);
        }
    }

    /** The greatest index at which the voters whose match is at least it exceed half of the weights. */
    public long committed(long[] matches) {
        return committed(scheme, weights, matches);
    }

    /**
     * The same for any weights.
     *
     * @param weights by position
     * @param matches by position
     */
    public static long committed(WeightScheme scheme, long[] weights, long[] matches) {
        long best = Long.MIN_VALUE;
        for (int candidate = 0; candidate < weights.length; candidate++) {
            long index = matches[candidate];
            if (index > best && scheme.exceedsHalf(sumFrom(index, weights, matches))) {
                best = index;
            }
        }
        return best;
    }

    private static long sumFrom(long index, long[] weights, long[] matches) {
        long sum = 0;
        for (int position = 0; position < weights.length; position++) {
            if (matches[position] >= index) {
                sum += weights[position];
            }
        }
        return sum;
    }

    /** A look at it. */
    QuorumStatus status() {
        List<QuorumStatus.VoterWeight> shown = new ArrayList<>();
        for (int position : byRank) {
            MemberId id = voters.members().get(position).id();
            boolean acknowledged = position == leader || latest.contains(id);
            shown.add(new QuorumStatus.VoterWeight(id, weights[position], acknowledged));
        }
        return new QuorumStatus(clock, scheme.total(), scheme.tolerance(), shown);
    }
}

package io.shardeddb.consensus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a group. While {@code outgoing} is present the configuration is joint: commits, elections, leases and
 * read rounds need their quorum in both halves (Ongaro and Ousterhout, section 6). Members and fault tolerance change
 * together.
 *
 * @param voters the voters; in a joint configuration the voters to come
 * @param outgoing the voters that a joint configuration leaves behind; {@code null} when it is not joint
 * @param learners members that receive the log but neither vote nor count, in the order of their ids
 * @param retired ids of members that were removed, in that order: they never come back. What such a member acknowledged
 *     may be gone with its disk, and what it sent may still be on its way. The oldest are forgotten beyond
 *     {@link #MOST_RETIRED}.
 * @param unfit ids of members that a leader found to be no good: their logs lost what they had acknowledged, or their
 *     rows differ. They are neither counted nor elected, and their votes elect nobody, until they are removed
 */
public record Configuration(
        VoterSet voters,
        @Nullable VoterSet outgoing,
        List<Member> learners,
        List<MemberId> retired,
        List<MemberId> unfit) {

    /** So many ids of removed members are kept; 16 bytes each in every copy of the configuration. */
    public static final int MOST_RETIRED = 1024;

    /** What a member believes before it has received anything from its group. */
    public static final Configuration EMPTY = new Configuration(VoterSet.EMPTY, null, List.of(), List.of());

    /**
     * Orders the learners.
     *
     * @throws IllegalArgumentException if a learner appears twice or is also one of {@code voters}
     */
    public Configuration {
        learners = learners.stream().sorted(Comparator.comparing(Member::id)).toList();
        for (int i = 0; i < learners.size(); i++) {
            MemberId id = learners.get(i).id();
            if (voters.contains(id)) {
                throw new IllegalArgumentException("member " + id + " is both voter and learner");
            }
            if (i > 0 && id.equals(learners.get(i - 1).id())) {
                throw new IllegalArgumentException("learner " + id + " appears twice");
            }
        }
        retired = List.copyOf(retired.subList(Math.max(0, retired.size() - MOST_RETIRED), retired.size()));
        unfit = List.copyOf(unfit);
    }

    /** A configuration in which nobody was found to be no good. */
    public Configuration(VoterSet voters, @Nullable VoterSet outgoing, List<Member> learners, List<MemberId> retired) {
        this(voters, outgoing, learners, retired, List.of());
    }

    /** A configuration before which nobody was removed. */
    public Configuration(VoterSet voters, @Nullable VoterSet outgoing, List<Member> learners) {
        this(voters, outgoing, learners, List.of());
    }

    /** A configuration that is not joint and has no learners. */
    public static Configuration of(VoterSet voters) {
        return new Configuration(voters, null, List.of());
    }

    /** Whether two sets of voters must agree. */
    public boolean isJoint() {
        return outgoing != null;
    }

    /** Whether the member votes, in either half. */
    public boolean isVoter(MemberId id) {
        return voters.contains(id) || (outgoing != null && outgoing.contains(id));
    }

    /** Whether the member is a learner and in neither half a voter. */
    public boolean isLearner(MemberId id) {
        return !isVoter(id)
                && learners.stream().anyMatch(learner -> learner.id().equals(id));
    }

    /** Whether the member belongs to the configuration in any role. */
    public boolean contains(MemberId id) {
        return isVoter(id) || isLearner(id);
    }

    /** Whether the member was found to be no good. */
    public boolean isUnfit(MemberId id) {
        return unfit.contains(id);
    }

    /** Whether these acknowledgements commit, in both halves if joint. */
    public boolean commits(Predicate<MemberId> acknowledged) {
        return voters.commits(acknowledged) && (outgoing == null || outgoing.commits(acknowledged));
    }

    /** Whether these votes elect, in both halves if joint. */
    public boolean elects(Predicate<MemberId> granted) {
        return voters.elects(granted) && (outgoing == null || outgoing.elects(granted));
    }

    /** Every member once: the voters, those leaving, the learners. */
    public List<Member> everyone() {
        List<Member> everyone = new ArrayList<>(voters.members());
        if (outgoing != null) {
            for (Member member : outgoing.members()) {
                if (!voters.contains(member.id())) {
                    everyone.add(member);
                }
            }
        }
        for (Member learner : learners) {
            if (!isVoter(learner.id())) {
                everyone.add(learner);
            }
        }
        return everyone;
    }

    /** The joint configuration that leads from this one to the given voters and learners. */
    Configuration towards(VoterSet target, List<Member> targetLearners) {
        return followedBy(target, voters, targetLearners);
    }

    /** The same voters with other learners. */
    Configuration withLearners(List<Member> others) {
        return followedBy(voters, null, others);
    }

    /** The same members, of which more are known to be no good. */
    Configuration withUnfit(List<MemberId> more) {
        List<MemberId> all = new ArrayList<>(unfit);
        more.stream().filter(id -> !all.contains(id)).forEach(all::add);
        return new Configuration(voters, outgoing, learners, retired, all);
    }

    /** The configuration that ends this joint one. */
    Configuration settled() {
        return followedBy(voters, null, learners);
    }

    /** One voter alone. The other members, if there were any, never come back. */
    Configuration only(MemberId survivor) {
        List<Member> alone = everyone().stream()
                .filter(member -> member.id().equals(survivor))
                .toList();
        Configuration next = followedBy(VoterSet.majority(alone), null, List.of());
        // The member that is chosen to go on alone is the best there is.
        return new Configuration(next.voters(), null, List.of(), next.retired());
    }

    private Configuration followedBy(VoterSet nextVoters, @Nullable VoterSet nextOutgoing, List<Member> nextLearners) {
        Configuration next = new Configuration(nextVoters, nextOutgoing, nextLearners, retired);
        List<MemberId> removed = new ArrayList<>(retired);
        for (Member member : everyone()) {
            if (!next.contains(member.id())) {
                removed.add(member.id());
            }
        }
        List<MemberId> stillUnfit = unfit.stream().filter(next::contains).toList();
        return new Configuration(nextVoters, nextOutgoing, nextLearners, removed, stillUnfit);
    }

    /**
     * Whether another configuration has the same members in the same roles. Which members were removed or found to be
     * no good before does not matter.
     */
    public boolean hasMembersOf(Configuration other) {
        return voters.equals(other.voters)
                && Objects.equals(outgoing, other.outgoing)
                && learners.equals(other.learners);
    }
}

package io.shardeddb.consensus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The latest state marks of all members as a leader knows them. */
final class Marks {
    private static final int REMEMBERED = 16;
    private final MemberId self;
    private final TreeMap<Long, Map<MemberId, Long>> byIndex = new TreeMap<>();

    Marks(MemberId self) {
        this.self = self;
    }

    /** Notes a member's mark. Returns whether it is news. */
    boolean add(MemberId member, StateMark mark) {
        if (byIndex.size() >= REMEMBERED && mark.index() < byIndex.firstKey()) {
            return false;
        }
        Long before =
                byIndex.computeIfAbsent(mark.index(), index -> new HashMap<>()).put(member, mark.hash());
        if (byIndex.size() > REMEMBERED) {
            byIndex.pollFirstEntry();
        }
        return before == null || before != mark.hash();
    }

    /** Whether the marks of all voters at an index are known. */
    boolean areComplete(long index, VoterSet voters) {
        Map<MemberId, Long> known = byIndex.getOrDefault(index, Map.of());
        return voters.members().stream().allMatch(voter -> known.containsKey(voter.id()));
    }

    /** Whether the marks of all voters at an index are known, differ, and no majority says whose are right. */
    boolean areUndecided(long index, VoterSet voters) {
        if (!areComplete(index, voters) || voters.size() < 2) {
            return false;
        }
        Map<MemberId, Long> known = byIndex.getOrDefault(index, Map.of());
        Map<Long, Integer> votes = new HashMap<>();
        voters.members().forEach(voter -> votes.merge(known.getOrDefault(voter.id(), 0L), 1, Integer::sum));
        return votes.values().stream().noneMatch(count -> 2 * count > voters.size());
    }

    /**
     * The members whose mark at an index differs from that of more than half of the voters. Empty while no such
     * majority is known. Where the leader is the only voter, its own mark is that majority.
     */
    List<MemberId> outvoted(long index, VoterSet voters) {
        Map<MemberId, Long> known = byIndex.getOrDefault(index, Map.of());
        Map<Long, Integer> votes = new HashMap<>();
        for (Member voter : voters.members()) {
            Long hash = known.get(voter.id());
            if (hash != null) {
                votes.merge(hash, 1, Integer::sum);
            }
        }
        List<MemberId> outvoted = new ArrayList<>();
        votes.forEach((hash, count) -> {
            if (2 * count > voters.size()) {
                known.forEach((member, theirs) -> {
                    if (!theirs.equals(hash)) {
                        outvoted.add(member);
                    }
                });
            }
        });
        // Who stops counting itself cannot tell on the others afterwards.
        outvoted.sort((one, other) -> Boolean.compare(one.equals(self), other.equals(self)));
        return outvoted;
    }
}

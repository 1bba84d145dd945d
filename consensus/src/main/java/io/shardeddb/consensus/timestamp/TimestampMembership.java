package io.shardeddb.consensus.timestamp;

import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which servers give timestamps in an epoch. An epoch has one membership, for good. The process that decides on it
 * writes it down by compare-and-set before any server is told. A server whose disk was lost has another id and is no
 * member any more.
 *
 * @param epoch counts memberships, from 1; 0 while there has been none
 * @param startAbove every timestamp of the epoch is greater than this one, which no concluded one of earlier epochs
 *     exceeds
 * @param members the servers, by their number; none: nobody gives timestamps in this epoch
 */
public record TimestampMembership(long epoch, long startAbove, List<Member> members) {

    /** Before the first one. */
    public static final TimestampMembership NONE = new TimestampMembership(0, 0, List.of());

    public TimestampMembership {
        members = List.copyOf(members);
        if (members.size() > TimestampLayout.MAX_MEMBERS) {
            throw new IllegalArgumentException(
                    members.size() + " members; at most " + TimestampLayout.MAX_MEMBERS + " are possible");
        }
        Set<MemberId> ids = new HashSet<>();
        members.forEach(member -> ids.add(member.id()));
        if (ids.size() < members.size()) {
            throw new IllegalArgumentException("a member is named twice: " + members);
        }
    }

    /** Whether timestamps are given. */
    public boolean isOn() {
        return !members.isEmpty();
    }

    /** M: this many servers must answer in a session. */
    public int quorum() {
        return members.size() / 2 + 1;
    }

    /**
     * N - M + 1: this many servers must be known to have reached what a session concludes; so many sealed servers let
     * none be concluded any more, and one of them has reached whatever was.
     */
    public int reaching() {
        return members.size() - quorum() + 1;
    }

    /** A member's number in timestamps, or -1. */
    public int numberOf(MemberId id) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id().equals(id)) {
                return i;
            }
        }
        return -1;
    }
}

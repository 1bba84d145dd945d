package io.shardeddb.operator.plan;

import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaStatus;

/** What a leader must say of a member for it to take part on equal terms. */
final class CaughtUp {

    private CaughtUp() {}

    /** Whether it has the leader's log but for so many entries, and counts. */
    static boolean within(long entries, MemberProgress progress) {
        return !progress.getNeedsCopy()
                && !progress.getQuarantined()
                && progress.getMatchIndex() > 0
                && progress.getLagEntries() <= entries;
    }

    /**
     * Whether it has applied what its leader has but for so many entries. One that does not tell is judged by its log
     * alone.
     */
    static boolean appliedWithin(long entries, ReplicaStatus member, ReplicaStatus leader) {
        return member.getAppliedIndex() == 0 || leader.getAppliedIndex() - member.getAppliedIndex() <= entries;
    }
}

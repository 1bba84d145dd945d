package io.shardeddb.simulator.timestamp;

import io.shardeddb.consensus.timestamp.TimestampKeeper;
import io.shardeddb.consensus.timestamp.TimestampMembership;
import io.shardeddb.consensus.timestamp.TimestampRules;

/** Deliberately wrong ways to give timestamps, one rule broken each. The simulation must notice every one of them. */
enum WrongTimestamps {
    /** Nothing is wrong. */
    SOUND,
    BOUND_NOT_FORCED_BEFORE_USE,
    ONE_ANSWER_FEWER,
    ONE_SERVER_FEWER_REACHED,
    EPOCH_NOT_CHECKED,
    SEAL_NOT_CHECKED,
    SEAL_TOLD_BEFORE_DURABLE,
    EPOCH_BEGUN_ANYWHERE,
    SERVERS_REMEMBERED_OVER_EPOCHS,
    ANSWER_OF_ANOTHER_SESSION,
    // what the operator does, and the person who replaces disks
    SAME_ID_ON_AN_EMPTY_DISK,
    ONE_SEAL_FEWER,
    EPOCH_WITHOUT_COMPARE_AND_SET;

    /** The rules with this one broken. */
    TimestampRules rules() {
        return new TimestampRules() {
            @Override
            public boolean mayGive(long clock, long durableBound) {
                return is(BOUND_NOT_FORCED_BEFORE_USE) || TimestampRules.SOUND.mayGive(clock, durableBound);
            }

            @Override
            public int quorum(TimestampMembership membership) {
                return membership.quorum() - (is(ONE_ANSWER_FEWER) ? 1 : 0);
            }

            @Override
            public int reaching(TimestampMembership membership) {
                return membership.reaching() - (is(ONE_SERVER_FEWER_REACHED) ? 1 : 0);
            }

            @Override
            public boolean answers(long tickEpoch, long epoch, long sealedEpoch) {
                return is(EPOCH_NOT_CHECKED) || (tickEpoch == epoch && (is(SEAL_NOT_CHECKED) || epoch > sealedEpoch));
            }

            @Override
            public boolean isSettled(TimestampKeeper.Durable durable, long epoch, long sealedEpoch) {
                return is(SEAL_TOLD_BEFORE_DURABLE) || TimestampRules.SOUND.isSettled(durable, epoch, sealedEpoch);
            }

            @Override
            public long clockAtStart(long clock, TimestampMembership membership) {
                return is(EPOCH_BEGUN_ANYWHERE) ? clock : TimestampRules.SOUND.clockAtStart(clock, membership);
            }

            @Override
            public boolean forgetsServers() {
                return !is(SERVERS_REMEMBERED_OVER_EPOCHS);
            }

            @Override
            public boolean countsIn(long session, long answered) {
                return is(ANSWER_OF_ANOTHER_SESSION) || session == answered;
            }
        };
    }

    private boolean is(WrongTimestamps variant) {
        return this == variant;
    }
}

package io.shardeddb.consensus.timestamp;

/**
 * The decisions on which the order of timestamps rests, each in one place. The only production instance is
 * {@link #SOUND}; the simulator breaks one at a time to prove that it would notice.
 */
public interface TimestampRules {
    /** The rules as they must be. */
    TimestampRules SOUND = new TimestampRules() {};

    /**
     * Whether a server may give values up to this clock: only up to what is durable, for it goes on behind that after a
     * crash.
     */
    default boolean mayGive(long clock, long durableBound) {
        return clock <= durableBound;
    }

    /** Whether a server answers a tick of an epoch. */
    default boolean answers(long tickEpoch, long epoch, long sealedEpoch) {
        return tickEpoch == epoch && epoch > sealedEpoch;
    }

    /** The clock of a server that begins an epoch. */
    default long clockAtStart(long clock, TimestampMembership membership) {
        return Math.max(clock, TimestampLayout.clock(membership.startAbove()) + 1);
    }

    /** How many servers must have answered in a session. */
    default int quorum(TimestampMembership membership) {
        return membership.quorum();
    }

    /** How many servers must be known to have reached the candidate. */
    default int reaching(TimestampMembership membership) {
        return membership.reaching();
    }

    /** Whether an answer counts in a session: only if it answers a tick of this very session. */
    default boolean countsIn(long session, long answered) {
        return session == answered;
    }

    /** Whether what is known of servers is forgotten when a new epoch begins. */
    default boolean forgetsServers() {
        return true;
    }

    /** Whether a change may be told to be done: only when it is durable. */
    default boolean isSettled(TimestampKeeper.Durable durable, long epoch, long sealedEpoch) {
        return durable.membership().epoch() >= epoch && durable.sealedEpoch() >= sealedEpoch;
    }
}

package io.shardeddb.consensus.timestamp;

import java.util.Arrays;
import java.util.List;

/**
 * One session: a run of timestamps for all callers who waited when it began. The candidate is the M-th smallest of the
 * servers' answers; it is concluded when N - M + 1 servers are known to have reached it, so that whatever begins
 * afterwards gets more.
 */
final class TimestampSession {
    private static final long NO_ANSWER = Long.MAX_VALUE;

    private final long id;
    private final TimestampMembership membership;
    private final List<TimestampSessions.Request> callers;
    private final int count;
    private final long floor;
    private final long[] answers;
    private long candidate = NO_ANSWER;
    private boolean boosted;
    private long boostAt;
    private long retryAt;
    private long retryAfter;

    TimestampSession(long id, TimestampMembership membership, List<TimestampSessions.Request> callers) {
        this.id = id;
        this.membership = membership;
        this.callers = callers;
        count = callers.stream().mapToInt(TimestampSessions.Request::count).sum();
        floor = callers.stream()
                .mapToLong(TimestampSessions.Request::floor)
                .max()
                .orElse(0);
        answers = new long[membership.members().size()];
        Arrays.fill(answers, NO_ANSWER);
    }

    long id() {
        return id;
    }

    List<TimestampSessions.Request> callers() {
        return callers;
    }

    int count() {
        return count;
    }

    long floor() {
        return floor;
    }

    /** The first of the run that this session would get; only if there {@link #hasCandidate}. */
    long candidate() {
        return candidate;
    }

    boolean hasCandidate() {
        return candidate != NO_ANSWER;
    }

    /** What servers must be known to have reached. */
    long lastOfRun() {
        return TimestampLayout.later(candidate, count - 1L);
    }

    boolean hasAnswered(int server) {
        return answers[server] != NO_ANSWER;
    }

    /**
     * A server gave a run that begins with this timestamp. The smallest is the tightest that still exceeds what it was
     * when this began.
     */
    void answered(int server, long first, TimestampRules rules) {
        answers[server] = Math.min(answers[server], first);
        long[] sorted = answers.clone();
        Arrays.sort(sorted);
        candidate = sorted[Math.max(0, rules.quorum(membership) - 1)];
    }

    boolean isBoosted() {
        return boosted;
    }

    void boosted() {
        boosted = true;
    }

    long boostAt() {
        return boostAt;
    }

    void boostAt(long time) {
        boostAt = time;
    }

    long retryAt() {
        return retryAt;
    }

    /** The next repetition is due after twice the time, bounded. */
    void sent(long now, long first, long longest) {
        retryAfter = retryAfter == 0 ? first : Math.min(2 * retryAfter, longest);
        retryAt = now + retryAfter;
    }
}

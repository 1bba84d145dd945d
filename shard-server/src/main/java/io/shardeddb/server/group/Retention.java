package io.shardeddb.server.group;

/**
 * How much of its log a group keeps behind what its store has made durable, for members that were away for a moment.
 *
 * @param keptEntries entries kept
 * @param slackEntries purging begins when the log is this much longer
 * @param maxBytes a group's log is purged to what is durable when it is larger
 * @param keptForSlow a member that lags by fewer entries than this keeps the log for itself; a slower one is copied
 *     again
 */
public record Retention(long keptEntries, long slackEntries, long maxBytes, long keptForSlow) {
    /** What a server keeps. */
    public static final Retention STANDARD = new Retention(4_000, 12_000, 8L << 20, 40_000);
}

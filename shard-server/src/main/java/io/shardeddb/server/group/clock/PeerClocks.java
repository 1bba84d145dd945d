package io.shardeddb.server.group.clock;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * How this server's wall clock compares with the others'. Every frame of another server tells its wall clock; from the
 * least delayed of the last frames it is known what that clock shows by now. A clock that is far ahead of most others
 * gives no timestamps: they would drag all later ones with them. Any thread.
 */
public final class PeerClocks {
    /** More than this is far; a message's delay counts as a lead, so it is well above any sane delay. */
    public static final long FAR_MILLIS = 10_000;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Map<String, Peer> peers = new ConcurrentHashMap<>();

    /**
     * @param base what the peer's clock showed when this process's monotonic clock showed 0, greatest in this window
     * @param before the same of the window before; {@link Long#MIN_VALUE} if unknown
     * @param since beginning of the window
     * @param heard the last frame
     */
    private record Peer(long base, long before, long since, long heard) {}

    /**
     * A frame has come.
     *
     * @param endpoint of the sender
     * @param wallMillis the sender's wall clock when it sent
     * @param now the monotonic clock
     */
    public void heard(String endpoint, long wallMillis, long now) {
        long base = wallMillis - TimeUnit.NANOSECONDS.toMillis(now);
        peers.merge(endpoint, new Peer(base, Long.MIN_VALUE, now, now), (old, first) -> {
            if (now - old.since() > 2 * WINDOW_NANOS) {
                return first;
            }
            return now - old.since() > WINDOW_NANOS
                    ? new Peer(base, old.base(), now, now)
                    : new Peer(Math.max(old.base(), base), old.before(), old.since(), now);
        });
    }

    /**
     * Whether this server's clock is far ahead of most servers that were heard lately; never when none was.
     *
     * @param ownWallMillis this server's wall clock
     * @param now the monotonic clock
     */
    public boolean isFarAhead(long ownWallMillis, long now) {
        Comparison found = compare(ownWallMillis, now);
        return 2 * found.behind() > found.heard();
    }

    /**
     * Whether most of all servers that are in touch, this one included, agree that its clock is far behind theirs. Of
     * two servers that differ neither is: the one that is ahead gives no timestamps, so the other must.
     *
     * @param ownWallMillis this server's wall clock
     * @param now the monotonic clock
     */
    public boolean isFarBehind(long ownWallMillis, long now) {
        Comparison found = compare(ownWallMillis, now);
        return 2 * found.ahead() > found.heard() + 1;
    }

    /** How many were heard lately, and how many of these are far behind and far ahead. */
    private record Comparison(int heard, int behind, int ahead) {}

    private Comparison compare(long ownWallMillis, long now) {
        long own = ownWallMillis - TimeUnit.NANOSECONDS.toMillis(now);
        int heard = 0;
        int behind = 0;
        int ahead = 0;
        for (Peer peer : peers.values()) {
            if (now - peer.heard() <= WINDOW_NANOS) {
                heard++;
                long lead = own - Math.max(peer.base(), peer.before());
                behind += lead > FAR_MILLIS ? 1 : 0;
                ahead += lead < -FAR_MILLIS ? 1 : 0;
            }
        }
        return new Comparison(heard, behind, ahead);
    }
}

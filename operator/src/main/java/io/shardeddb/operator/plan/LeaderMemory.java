package io.shardeddb.operator.plan;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered between two reconciles of one database's leaderships, for {@link LeaderMoves}. A value; nothing
 * that is safe rests on it: an operator that has forgotten it learns how long the leaders have led from the leaders.
 *
 * @param model what was learned of delays
 * @param tenures by shard
 * @param avoided until when balance gives a server nothing, because it was found slow, or was left because it was
 * @param busy when each server was last so slow itself that nothing is gained by moving there
 * @param movedAt when a leadership was last moved, for whichever reason; {@link Instant#MIN} when none was
 * @param decidedAt when this was last decided; {@link Instant#MIN} before
 */
public record LeaderMemory(
        DelayModel model,
        Map<String, Tenure> tenures,
        Map<String, Instant> avoided,
        Map<String, Instant> busy,
        Instant movedAt,
        Instant decidedAt) {

    /** What is remembered of a database that is reconciled for the first time. */
    public static final LeaderMemory NONE =
            new LeaderMemory(DelayModel.UNTAUGHT, Map.of(), Map.of(), Map.of(), Instant.MIN, Instant.MIN);

    /**
     * A shard's present leader.
     *
     * @param leader its server
     * @param since when it began to lead, for whatever reason; {@link Instant#MIN} when that is not known
     * @param quicker since when each follower has been the clearly better leader without interruption
     * @param triedAt when the leadership was last told to move away; {@link Instant#MIN} when it was not
     * @param takenFrom the server that balance last took it from; null when it did not
     * @param takenAt when it did
     */
    record Tenure(
            String leader,
            Instant since,
            Map<String, Instant> quicker,
            Instant triedAt,
            @Nullable String takenFrom,
            Instant takenAt) {

        static final Tenure NONE = new Tenure("", Instant.MIN, Map.of(), Instant.MIN, null, Instant.MIN);

        Tenure ledBy(String server, Instant from) {
            return new Tenure(
                    server,
                    from,
                    server.equals(leader) ? quicker : Map.of(),
                    server.equals(leader) ? triedAt : Instant.MIN,
                    takenFrom,
                    takenAt);
        }

        Tenure quicker(Map<String, Instant> since) {
            return new Tenure(leader, this.since, since, triedAt, takenFrom, takenAt);
        }

        Tenure tried(Instant now) {
            return new Tenure(leader, since, Map.of(), now, takenFrom, takenAt);
        }

        Tenure taken(Instant now) {
            return new Tenure(leader, since, Map.of(), now, leader, now);
        }
    }
}

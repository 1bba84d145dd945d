package io.shardeddb.simulator.driver;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.wire.KeySelection;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.simulator.driver.rows.CutTruth;
import io.shardeddb.simulator.driver.rows.SimTable;
import io.shardeddb.simulator.driver.rows.State;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads one key of each group again and again at a weaker level, from any server, and notes what is odd. It sends what
 * a router sends: one read for each group, side by side.
 */
final class WeakReader {

    private static final long PAUSE_NANOS = 4 * Schedule.MILLI;
    private static final int OLD_READS = 20;
    private static final int MAX_STALENESS_MILLIS = 2_000;

    /** How a client reads. */
    enum Level {
        EVENTUAL,
        BOUNDED,
        /** With a token: nothing older than what it has seen. */
        SESSION
    }

    /** What a read can show. */
    enum Anomaly {
        /** What others were told as done is not there. */
        STALE,
        /** What was seen is gone. */
        NOT_MONOTONIC,
        /** Of a write over several groups one part is there and another is not. */
        FRACTURED,
        /** Two reads show two writes in different orders. */
        LONG_FORK
    }

    private final World world;
    private final Level level;
    private final ByteString key = SimTable.key(1);
    private final Set<Anomaly> shown = EnumSet.noneOf(Anomaly.class);
    private final Map<String, Long> seen = new HashMap<>();
    private final List<Map<String, State>> cuts = new ArrayList<>();

    WeakReader(World world, Level level) {
        this.world = world;
        this.level = level;
    }

    Set<Anomaly> shown() {
        return shown;
    }

    void begin() {
        world.schedule().after(PAUSE_NANOS, this::read);
    }

    private void read() {
        Map<String, State> cut = new LinkedHashMap<>();
        for (World.Group group : world.groups()) {
            Before before = new Before(group.truth().floor(), seen(group));
            world.network()
                    .<ReadReply>ask(
                            group.anyServer(),
                            "a weak read",
                            (up, reply) -> up.clients().read(request(group), reply),
                            reply -> told(group, before, reply, cut),
                            () -> {});
        }
        if (world.faultsGoOn()) {
            world.schedule().after(world.schedule().between(PAUSE_NANOS / 2, PAUSE_NANOS), this::read);
        }
    }

    private ReadRequest request(World.Group group) {
        ReadRequest.Builder request = ReadRequest.newBuilder()
                .setGroup(ConfigurationCodec.uid(group.id()))
                .setTable(SimTable.NAME)
                .setLevel(level == Level.BOUNDED ? ReadLevel.BOUNDED : ReadLevel.EVENTUAL)
                .setMaxStalenessMillis(level == Level.BOUNDED ? MAX_STALENESS_MILLIS : 0)
                .setTimeoutMillis(Network.TIMEOUT_MILLIS)
                .setKeys(KeySelection.newBuilder().addKeys(key));
        return level == Level.SESSION ? request.setMinimumIndex(seen(group)).build() : request.build();
    }

    /**
     * What was so when a read was sent.
     *
     * @param acknowledged index of the latest answer to anybody
     * @param seen greatest index that this reader has seen
     */
    private record Before(long acknowledged, long seen) {}

    private long seen(World.Group group) {
        return seen.getOrDefault(group.id().toString(), 0L);
    }

    private boolean isLike(World.Group group, long one, long other) {
        return Objects.equals(
                group.truth().state(one).encoded(key),
                group.truth().state(other).encoded(key));
    }

    private void told(World.Group group, Before before, ReadReply reply, Map<String, State> cut) {
        if (reply.hasError()) {
            return;
        }
        long index = reply.getIndex();
        if (index < before.acknowledged() && !isLike(group, index, before.acknowledged())) {
            shown.add(Anomaly.STALE);
        }
        if (index < before.seen() && !isLike(group, index, before.seen())) {
            shown.add(Anomaly.NOT_MONOTONIC);
        }
        seen.merge(group.id().toString(), index, Math::max);
        cut.put(group.id().toString(), group.truth().state(index));
        if (cut.size() == world.groupCount()) {
            whole(cut);
        }
    }

    private void whole(Map<String, State> cut) {
        if (world.together().cuts().isFractured(cut)) {
            shown.add(Anomaly.FRACTURED);
        }
        if (cuts.stream().anyMatch(other -> CutTruth.areInDifferentOrders(cut, other))) {
            shown.add(Anomaly.LONG_FORK);
        }
        cuts.add(cut);
        if (cuts.size() > OLD_READS) {
            cuts.removeFirst();
        }
    }
}

package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardRangeSpec;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The shards that a spec asks for, and their objects. */
public final class Shards {

    private Shards() {}

    /**
     * A shard asked for.
     *
     * @param name as given, or made for Hash
     * @param interval its positions
     * @param copies copies asked for
     */
    public record Wanted(String name, IntervalSpec interval, int copies) {}

    /** The shards of a spec, in order. With Hash they divide the keyspace evenly, the last one open at the end. */
    public static List<Wanted> wanted(ShardedDatabaseSpec spec) {
        int copies = spec.replication().replicas();
        List<Wanted> wanted = new ArrayList<>();
        if (spec.sharding().strategy() == ShardingStrategy.Range) {
            for (ShardRangeSpec shard : spec.shards()) {
                wanted.add(new Wanted(
                        shard.name(),
                        new IntervalSpec(shard.low(), shard.low() + shard.size()),
                        Objects.requireNonNullElse(shard.replicas(), copies)));
            }
            return wanted;
        }
        int count = Objects.requireNonNullElse(spec.shardCount(), 0);
        BigInteger width = BigInteger.TWO.pow(64);
        BigInteger lowest = BigInteger.valueOf(Long.MIN_VALUE);
        for (int i = 0; i < count; i++) {
            long from = cut(lowest, width, i, count);
            Long to = i + 1 == count ? null : cut(lowest, width, i + 1, count);
            wanted.add(new Wanted("shard-" + i, new IntervalSpec(from, to), copies));
        }
        return wanted;
    }

    private static long cut(BigInteger lowest, BigInteger width, int i, int count) {
        return lowest.add(width.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(count)))
                .longValueExact();
    }

    /**
     * The object of a new shard.
     *
     * @param known the group that it goes on with; absent: it starts one of its own
     */
    public static Shard fresh(
            ShardedDatabase database,
            Wanted wanted,
            String resourceName,
            List<String> servers,
            AcceptedRecord.@Nullable KnownGroup known) {
        Shard shard = new Shard();
        ObjectMeta metadata = Naming.owned(database, resourceName, "shard");
        metadata.setAnnotations(new TreeMap<>(Map.of(ApiNames.SHARD_NAME_ANNOTATION, wanted.name())));
        metadata.setFinalizers(List.of(ApiNames.SHARD_FINALIZER));
        shard.setMetadata(metadata);
        shard.setSpec(new ShardSpec(
                database.getMetadata().getName(),
                wanted.name(),
                known == null || known.interval() == null ? wanted.interval() : known.interval(),
                known == null || known.epoch() == null ? (Long) 1L : known.epoch(),
                servers,
                tolerance(database.getSpec()),
                known == null ? null : known.bootstrapMember(),
                List.of(),
                known == null ? null : known.uid()));
        return shard;
    }

    /** The spec of a shard under a new placement; the same instance when nothing changes. */
    public static ShardSpec placed(ShardSpec spec, List<String> servers, @Nullable Integer faultTolerance) {
        if (spec.servers().equals(servers) && Objects.equals(spec.faultTolerance(), faultTolerance)) {
            return spec;
        }
        return spec.withPlacement(servers, faultTolerance);
    }

    /** The tolerance that a spec asks for; absent: majorities. */
    public static @Nullable Integer tolerance(ShardedDatabaseSpec spec) {
        return spec.replication().faultTolerance();
    }
}

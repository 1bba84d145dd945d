package io.shardeddb.operator.reconcile;

import io.shardeddb.crds.Shard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tables that were brought to shards a moment ago. A shard may have taken them before its object says so; until it must have been seen,
 * nobody can say that no shard has them. A definite refusal ends an attempt.
 */
final class DefinitionAttempts {

    /** A server answers sooner, and then the shard is looked at within seconds. */
    static final Duration SEEN = Duration.ofSeconds(30);

    private record Attempt(long version, Instant begun) {}

    private final Map<String, Attempt> latest = new ConcurrentHashMap<>();
    private final InstantSource clock;

    DefinitionAttempts(InstantSource clock) {
        this.clock = clock;
    }

    /** Noted before the shard is asked. */
    void begins(Shard shard, long version) {
        latest.put(shard.getMetadata().getUid(), new Attempt(version, clock.instant()));
    }

    /** The shard does not have them. */
    void refused(Shard shard) {
        latest.remove(shard.getMetadata().getUid());
    }

    /** Forgets a shard that is gone. */
    void forget(Shard shard) {
        latest.remove(shard.getMetadata().getUid());
    }

    /** Whether one of the shards may have taken this version, or a later one, without its object saying so. */
    boolean mayBeTaken(List<Shard> shards, long version) {
        return shards.stream()
                .map(shard -> latest.get(shard.getMetadata().getUid()))
                .anyMatch(attempt -> attempt != null
                        && attempt.version >= version
                        && clock.instant().isBefore(attempt.begun.plus(SEEN)));
    }
}

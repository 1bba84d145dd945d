package io.shardeddb.operator.reconcile;

import io.shardeddb.crds.Shard;
import java.util.function.Consumer;

/** Lets a shard that rests be looked at now. Nobody listens until the operator runs. */
final class ShardWake {

    private volatile Consumer<Shard> listener = shard -> {};

    void listen(Consumer<Shard> wakes) {
        listener = wakes;
    }

    void wake(Shard shard) {
        listener.accept(shard);
    }
}

package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Effects;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Who is told of every configuration of a group that is committed, with its index. Confined to the loop. */
final class ConfigurationWaiters {

    private final List<BiConsumer<Long, Configuration>> waiters = new ArrayList<>();

    /** Tells it of every configuration that is committed from now on. */
    void add(BiConsumer<Long, Configuration> waiter) {
        waiters.add(waiter);
    }

    /** Tells it nothing more. */
    void remove(BiConsumer<Long, Configuration> waiter) {
        waiters.remove(waiter);
    }

    /** Tells all. A waiter may remove itself meanwhile. */
    void tell(Effects.CommittedConfiguration committed) {
        List.copyOf(waiters).forEach(waiter -> waiter.accept(committed.index(), committed.configuration()));
    }
}

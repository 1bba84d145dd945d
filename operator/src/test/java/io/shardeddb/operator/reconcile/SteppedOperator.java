package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Runs the loops one look after another, with what the API shows in place of caches and without the framework, so that
 * each step is the same in every run. Time stands still but for a few seconds per round.
 */
final class SteppedOperator implements AutoCloseable {

    /** Work takes some dozens; more than an hour of the operator's clock is never needed. */
    private static final int MOST_ROUNDS = 1_000;

    private static final Duration TURN_OF_CONTROLLERS = Duration.ofMillis(10);
    private static final Duration PER_ROUND = Duration.ofSeconds(6);
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final World world;
    private final KubernetesClient client;
    private final AtomicLong millis = new AtomicLong();
    private final OperatorSettings settings = OperatorSettings.of(Map.of());
    private final Map<String, Related> related = new HashMap<>();
    private List<ShardedDatabase> databases = List.of();
    private List<Shard> shards = List.of();
    private int next = Integer.MAX_VALUE;
    private Duration perRound = PER_ROUND;
    private Loops loops;

    SteppedOperator(World world) {
        this.world = world;
        this.client = world.operator();
        this.loops = born();
        world.gate().live(Integer.MAX_VALUE);
    }

    private Loops born() {
        return new Loops(
                client,
                settings,
                world.links(),
                world::credential,
                () -> BEGINNING.plusMillis(millis.get()),
                () -> Duration.ofMillis(millis.addAndGet(500)).toNanos());
    }

    /** From now on the operator dies after so many steps; and each one after it too, if again. */
    void mortal(int stepsToLive, boolean again) {
        next = again ? stepsToLive : Integer.MAX_VALUE;
        rebirth(stepsToLive);
    }

    /** The operator dies, and a new one that remembers nothing takes its place, for so many steps. */
    void rebirth(int stepsToLive) {
        loops.close();
        loops = born();
        world.gate().live(stepsToLive);
    }

    /** From now on a round takes half a second for each time that servers are asked, and no more. */
    void hurry() {
        perRound = Duration.ZERO;
    }

    /** How long it has been running, by its own clock. */
    Duration age() {
        return Duration.ofMillis(millis.get());
    }

    /** Every database and every shard is looked at once. */
    void round() {
        observe();
        actOnWhatWasObserved();
    }

    /** Takes down what the API shows now, as caches do. */
    void observe() {
        try {
            databases = client.resources(ShardedDatabase.class).list().getItems();
            databases.forEach(database -> related.put(database.getMetadata().getUid(), related(database)));
            shards = client.resources(Shard.class).list().getItems();
        } catch (KubernetesClientException e) {
            ignoreWhenDead(e);
        }
    }

    /** Looks at everything as it was observed, however long ago; servers are asked now. */
    void actOnWhatWasObserved() {
        millis.addAndGet(perRound.toMillis());
        try {
            for (ShardedDatabase database : databases) {
                look(database);
            }
            for (Shard shard : shards) {
                loops.shard().reconcile(shard);
            }
        } catch (KubernetesClientException e) {
            ignoreWhenDead(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A round that acts on what was seen in the round before. */
    void roundFromTheLastLook() {
        actOnWhatWasObserved();
        observe();
    }

    private void ignoreWhenDead(KubernetesClientException e) {
        boolean overtaken = e.getCode() == 409 || e.getCode() == 404;
        if (!world.gate().dead() && !overtaken) {
            throw e;
        }
    }

    /** As the framework does it: the finalizer first, and it goes last. */
    private void look(ShardedDatabase database) throws InterruptedException {
        boolean marked = database.getMetadata().getFinalizers().contains(ApiNames.FINALIZER);
        if (database.getMetadata().getDeletionTimestamp() != null) {
            if (marked && loops.database().remove(database, seen(database))) {
                database.getMetadata().setFinalizers(List.of());
                client.resource(database).update();
            }
            return;
        }
        if (!marked) {
            database.getMetadata().setFinalizers(List.of(ApiNames.FINALIZER));
            client.resource(database).update();
            return;
        }
        loops.database().reconcile(database, seen(database));
    }

    private Related seen(ShardedDatabase database) {
        return Objects.requireNonNull(related.get(database.getMetadata().getUid()));
    }

    private Related related(ShardedDatabase database) {
        return new Related(
                of(database, StatefulSet.class),
                of(database, Pod.class),
                of(database, Deployment.class),
                of(database, Service.class),
                of(database, Shard.class),
                of(database, ConfigMap.class));
    }

    private <R extends HasMetadata> List<R> of(ShardedDatabase database, Class<R> type) {
        return client.resources(type)
                .withLabel(Naming.MANAGED_BY_LABEL, Naming.MANAGER)
                .withLabel(ApiNames.DATABASE_LABEL, database.getMetadata().getName())
                .list()
                .getItems();
    }

    /**
     * Rounds until something holds. A dead operator is followed by a new one. Fails after {@link #MOST_ROUNDS}, however
     * long they take.
     */
    void until(String what, BooleanSupplier holds) {
        for (int rounds = 0; rounds < MOST_ROUNDS; rounds++) {
            if (world.gate().dead()) {
                rebirth(next);
            }
            long before = world.revision();
            round();
            if (!world.gate().dead() && holds.getAsBoolean()) {
                return;
            }
            if (world.revision() == before) {
                // The world's controllers have threads of their own.
                LockSupport.parkNanos(TURN_OF_CONTROLLERS.toNanos());
            }
        }
        List<String> steps = world.gate().steps();
        throw new AssertionError(what + " did not come; the last steps: "
                + steps.subList(Math.max(0, steps.size() - 12), steps.size()) + "; the databases: "
                + world.list("shardeddatabases.shardeddb.io") + "; the shards: "
                + world.list("shards.shardeddb.io"));
    }

    /** Rounds until something holds and a whole round changes nothing any more. */
    void settle(String what, BooleanSupplier holds) {
        until(what, () -> {
            long before = world.revision();
            int steps = world.gate().steps().size();
            if (!holds.getAsBoolean()) {
                return false;
            }
            round();
            return world.revision() == before && world.gate().steps().size() == steps && holds.getAsBoolean();
        });
        assertThat(world.servers().violations()).isEmpty();
    }

    @Override
    public void close() {
        loops.close();
    }
}

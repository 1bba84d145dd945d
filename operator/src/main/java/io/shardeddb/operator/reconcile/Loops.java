package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.shardeddb.operator.act.DatabaseObjects;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.act.StoredCredentials;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.observe.RouterCredentials;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.report.EventLog;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The two loops of one operator and what they share. All that it remembers is gone with it, and made again by the next
 * reconcile.
 */
final class Loops implements AutoCloseable {

    private final ControlLinks links;
    private final ServerPoll poll;
    private final DatabaseLoop database;
    private final ShardLoop shard;
    private final ShardWake wake = new ShardWake();
    private final ReconcileTimes databaseTimes = new ReconcileTimes();
    private final ReconcileTimes shardTimes = new ReconcileTimes();

    /**
     * Wires the loops; the links are closed with them.
     *
     * @param routers tells which credential a router runs with
     * @param nanoClock monotonic time, in nanoseconds
     */
    Loops(
            KubernetesClient client,
            OperatorSettings settings,
            ControlLinks links,
            RouterCredentials routers,
            InstantSource clock,
            LongSupplier nanoClock) {
        this.links = links;
        this.poll = new ServerPoll(links, nanoClock);
        ObjectWriter writer = new ObjectWriter(client);
        EventLog events = new EventLog(client, clock);
        DatabaseViews views = new DatabaseViews();
        ShardActor actor = new ShardActor(writer, links, poll);
        DatabaseObjects objects = new DatabaseObjects(client, writer, settings, clock);
        ShardKeeper keeper = new ShardKeeper(client, writer, events);
        Doors doors = new Doors(new StoredCredentials(client, writer, clock), links, routers, events);
        TableTrials trials = new TableTrials(links, clock);
        DatabaseActor databaseActor = new DatabaseActor(
                objects,
                writer,
                keeper,
                actor,
                new ServerRemoval(objects, actor, poll, events),
                new TimestampEpochs(writer, links, poll, events),
                doors,
                trials,
                events);
        this.database = new DatabaseLoop(
                objects, writer, keeper, poll, databaseActor, doors, trials, events, views, wake, clock);
        this.shard = new ShardLoop(writer, keeper, poll, actor, events, views, clock);
    }

    DatabaseLoop database() {
        return database;
    }

    ShardLoop shard() {
        return shard;
    }

    ShardWake wake() {
        return wake;
    }

    ReconcileTimes databaseTimes() {
        return databaseTimes;
    }

    ReconcileTimes shardTimes() {
        return shardTimes;
    }

    @Override
    public void close() {
        poll.close();
        links.close();
    }
}

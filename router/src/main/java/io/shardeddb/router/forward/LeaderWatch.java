package io.shardeddb.router.forward;

import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LeaderUpdate;
import io.shardeddb.protocol.wire.WatchLeadersRequest;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Leaders;
import io.shardeddb.router.topology.Topology;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Listens to every server for leaders: all groups at first, then each change. A stream that breaks is opened again. */
@Singleton
public final class LeaderWatch {

    private static final long REOPEN_MILLIS = 500;

    private final ServerLinks links;
    private final Leaders leaders;
    private final LogTimes times;
    private final LatestTopology topology;
    private final Map<String, Boolean> watched = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "leader-watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Set<String> wanted = Set.of();

    LeaderWatch(ServerLinks links, Leaders leaders, LogTimes times, LatestTopology topology) {
        this.links = links;
        this.leaders = leaders;
        this.times = times;
        this.topology = topology;
    }

    /** Follows the topology's servers from now on. */
    public void start() {
        topology.listen(this::follow);
    }

    private void follow(Topology next) {
        wanted = next.addresses();
        links.retain(wanted);
        wanted.forEach(this::open);
    }

    private void open(String address) {
        if (!wanted.contains(address) || watched.putIfAbsent(address, true) != null) {
            return;
        }
        links.hurry(address);
        links.data(address).watchLeaders(WatchLeadersRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(LeaderUpdate update) {
                if (update.hasGroup() && update.hasLeader()) {
                    GroupId group = GroupId.ofWire(update.getGroup());
                    LeaderHint leader = update.getLeader();
                    leaders.learn(group, leader);
                    times.learn(group, leader.getTerm(), leader.getLogMillis());
                }
            }

            @Override
            public void onError(Throwable failure) {
                reopen();
            }

            @Override
            public void onCompleted() {
                reopen();
            }

            private void reopen() {
                watched.remove(address);
                if (!timer.isShutdown()) {
                    var _ = timer.schedule(() -> open(address), REOPEN_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        });
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }
}

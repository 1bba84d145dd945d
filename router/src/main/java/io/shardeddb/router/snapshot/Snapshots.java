package io.shardeddb.router.snapshot;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.cut.Cut;
import io.shardeddb.router.cut.CutView;
import io.shardeddb.router.forward.Forwarder;
import io.shardeddb.router.forward.RangeStream;
import io.shardeddb.router.forward.Reads;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots. One is taken at a time, and those who come meanwhile share the next one: many transactions that
 * begin do not make writers pause more often than one.
 */
@Singleton
public final class Snapshots {

    /** Snapshots that are open at the same time, at most: each is a connection to the database for each shard. */
    static final int MOST_OPEN = 16;

    /** A snapshot of more shards would need too many connections. */
    static final int MOST_SHARDS = 64;

    private final Forwarder forwarder;
    private final Reads reads;
    private final RouterSettings settings;
    private List<CompletableFuture<Snapshot>> waiting = new ArrayList<>();
    private boolean taking;
    private int open;

    Snapshots(Forwarder forwarder, Reads reads, RouterSettings settings) {
        this.forwarder = forwarder;
        this.reads = reads;
        this.settings = settings;
    }

    /**
     * A snapshot of a moment after this call. Who gets it must {@linkplain Snapshot#giveUp give it up}.
     *
     * @return fails with a {@link DatabaseException}: OVERLOADED when too many are open
     */
    public CompletableFuture<Snapshot> take() {
        CompletableFuture<Snapshot> mine = new CompletableFuture<>();
        synchronized (this) {
            waiting.add(mine);
            if (taking) {
                return mine;
            }
            taking = true;
        }
        takeForWaiting();
        return mine;
    }

    private void takeForWaiting() {
        List<CompletableFuture<Snapshot>> sharing;
        boolean full;
        synchronized (this) {
            sharing = waiting;
            waiting = new ArrayList<>();
            taking = !sharing.isEmpty();
            full = open >= MOST_OPEN;
            if (!taking) {
                return;
            }
            open += full ? 0 : 1;
        }
        CompletableFuture<Snapshot> taken = full
                ? CompletableFuture.failedFuture(new DatabaseException(
                        ErrorCode.OVERLOADED,
                        "more than " + MOST_OPEN + " snapshots are open for interactive transactions; end some"))
                : reads.withTopology(topology -> of(topology, sharing.size()));
        var _ = taken.whenComplete((snapshot, failure) -> {
            if (snapshot == null && !full) {
                closed();
            }
            for (CompletableFuture<Snapshot> each : sharing) {
                if (snapshot != null) {
                    each.complete(snapshot);
                } else {
                    each.completeExceptionally(failure);
                }
            }
            takeForWaiting();
        });
    }

    private synchronized void closed() {
        open--;
    }

    private CompletableFuture<Snapshot> of(Topology topology, int holders) {
        List<ShardEntry> shards = topology.shards();
        if (shards.size() > MOST_SHARDS) {
            throw new DatabaseException(
                    ErrorCode.TOO_LARGE,
                    "interactive transactions need a database of at most " + MOST_SHARDS + " shards; this one has "
                            + shards.size());
        }
        long deadline = forwarder.readDeadline();
        return new Cut<>(
                        new Reads.CutOfShards<>(forwarder, topology, shards, "", deadline, new Views(deadline)),
                        shards.size())
                .start()
                .thenApply(views -> {
                    Map<GroupId, ShardView> byGroup = new HashMap<>();
                    for (int i = 0; i < views.size(); i++) {
                        byGroup.put(shards.get(i).group(), views.get(i));
                    }
                    return new Snapshot(topology, byGroup, holders, settings.readTimeout(), this::closed);
                });
    }

    static DatabaseException olderServer() {
        return new DatabaseException(
                ErrorCode.OLDER_SERVER,
                "a server is of a version that knows no interactive transactions; upgrade all of them first");
    }

    private final class Views implements Reads.CutOfShards.Views<ShardView> {
        private final long deadline;

        Views(long deadline) {
            this.deadline = deadline;
        }

        @Override
        public CompletableFuture<CutView<ShardView>> open(ShardEntry shard, @Nullable CutPart how) {
            if (how == null) {
                return CompletableFuture.failedFuture(olderServer());
            }
            return CompletableFuture.supplyAsync(
                    () -> {
                        ShardView view = new ViewOpening(forwarder, shard, deadline).open(how);
                        return new CutView<>(view, view.index());
                    },
                    RangeStream.virtual());
        }

        @Override
        public void drop(ShardView view) {
            view.close();
        }
    }
}

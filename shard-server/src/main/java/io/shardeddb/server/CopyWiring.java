package io.shardeddb.server;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.copy.CopyClient;
import io.shardeddb.server.copy.CopyFailedException;
import io.shardeddb.server.copy.CopyPins;
import io.shardeddb.server.copy.CopyServer;
import io.shardeddb.server.group.CopyRunner;
import io.shardeddb.server.group.runtime.GroupRuntime;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.transport.PeerTransport;
import io.shardeddb.server.transport.ServerChannels;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies between servers: takes them from the sources that a leader names, gives them from this server's stores. */
final class CopyWiring implements CopyRunner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyWiring.class);
    private static final int MAX_OPEN_COPIES = 4;
    private static final Duration IDLE_LIMIT = Duration.ofMinutes(2);

    private final PeerTransport transport;
    private final ServerChannels channels;
    private final ExecutorService pool = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("copy-", 0).daemon().factory());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("copy-idle").daemon().factory());
    private @Nullable CopyServer server;

    CopyWiring(PeerTransport transport, ServerChannels channels) {
        this.transport = transport;
        this.channels = channels;
    }

    /** The source's side, over the runtime's stores. */
    BindableService serve(GroupRuntime runtime) {
        CopyPins pins = new CopyPins() {
            @Override
            public void opened(Uid group, String copyId, long index) {
                runtime.pinLog(ConfigurationCodec.groupId(group), true);
            }

            @Override
            public void closed(Uid group, String copyId) {
                runtime.pinLog(ConfigurationCodec.groupId(group), false);
            }
        };
        CopyServer made = new CopyServer(
                group -> transport.isolated() ? null : runtime.copySource(ConfigurationCodec.groupId(group)),
                pins,
                MAX_OPEN_COPIES,
                IDLE_LIMIT,
                System::nanoTime);
        server = made;
        var _ = timer.scheduleWithFixedDelay(made::closeIdle, 10, 10, TimeUnit.SECONDS);
        return made;
    }

    /** For calls that block on the database. */
    ExecutorService pool() {
        return pool;
    }

    @Override
    public AppliedState copy(
            GroupId group,
            MemberId receiver,
            ReplicaStore into,
            List<GroupMember> sources,
            long minimumIndex,
            Consumer<CopyProgress> progress)
            throws StoreUnavailableException {
        String failure = "no source is known";
        for (GroupMember source : sources) {
            if (transport.isolated()) {
                break;
            }
            try {
                ManagedChannel channel = channels.get(source.getAddress());
                CopyClient client = new CopyClient(
                        channel, source.getServer(), CopyClient.Settings.STANDARD, progress, System::nanoTime);
                AppliedState state = client.copy(
                        ConfigurationCodec.uid(group),
                        ConfigurationCodec.uid(receiver),
                        into,
                        minimumIndex,
                        System.currentTimeMillis());
                LOG.info("group {}: copied from {} up to index {}", group, source.getServer(), state.index());
                return state;
            } catch (CopyFailedException e) {
                failure = source.getServer() + ": " + e.getMessage();
                channels.callFailed(source.getAddress());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreUnavailableException("interrupted while copying", e);
            }
            LOG.warn("group {}: no copy from {}", group, failure);
        }
        throw new StoreUnavailableException("no source could give a copy; the last: " + failure);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        CopyServer open = server;
        if (open != null) {
            open.close();
        }
        pool.shutdownNow();
    }
}

package io.shardeddb.server;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Settings;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.CheckedCalls;
import io.shardeddb.protocol.credential.CredentialFile;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.link.LinkDialer;
import io.shardeddb.protocol.link.LinkServer;
import io.shardeddb.protocol.link.LinkThreads;
import io.shardeddb.protocol.stream.EventLoops;
import io.shardeddb.protocol.wire.CopyGrpc;
import io.shardeddb.protocol.wire.LinkHello;
import io.shardeddb.protocol.wire.PeerHello;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.RequestFrame;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.config.ServerSettings;
import io.shardeddb.server.control.ControlService;
import io.shardeddb.server.control.ServerIdentity;
import io.shardeddb.server.data.DataService;
import io.shardeddb.server.data.ViewService;
import io.shardeddb.server.group.PeerVersions;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.group.runtime.GroupClients;
import io.shardeddb.server.group.runtime.GroupControl;
import io.shardeddb.server.group.runtime.GroupRuntime;
import io.shardeddb.server.identity.Volume;
import io.shardeddb.server.log.LogSettings;
import io.shardeddb.server.log.SharedLog;
import io.shardeddb.server.log.file.FolderDisk;
import io.shardeddb.server.runtime.FatalError;
import io.shardeddb.server.runtime.Machine;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.timestamp.TimestampService;
import io.shardeddb.server.timestamp.Timestamps;
import io.shardeddb.server.transport.PeerService;
import io.shardeddb.server.transport.PeerTransport;
import io.shardeddb.server.transport.ServerChannels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server without its HTTP front: data directory, log, groups, transport and gRPC services, put together. */
public final class ShardServer implements AutoCloseable {
    private static final String LOG_FOLDER = "log";

    private final Volume volume;
    private final Machine surroundings;
    private final SharedLog log;
    private final EventLoops eventLoops = new EventLoops("grpc");
    private final LinkThreads linkThreads = LinkThreads.start("links");
    private final ServerChannels channels;
    private final PeerTransport transport;
    private final GroupRuntime runtime;
    private final GroupControl control;
    private final DataService data;
    private final ServerIdentity identity;
    private final CopyWiring copies;
    private final Timestamps timestamps;
    private final Server grpc;
    private final LinkServer links;
    private final Authentication authentication;

    /**
     * Opens everything and begins to take part.
     *
     * @param settings where and who
     * @param timing times of the replication protocol
     * @param retention how much log is kept
     * @param storeFactory the rows' database; closed with this server
     * @param fatal ends the process when the log fails
     * @throws CredentialUnusableException when the credential cannot be read
     * @throws IOException when the directory, the log or the port cannot be used
     */
    public ShardServer(
            ServerSettings settings, Settings timing, Retention retention, StoreFactory storeFactory, FatalError fatal)
            throws IOException {
        this(settings, timing, retention, storeFactory, fatal, InstantSource.system());
    }

    /** The same with a wall clock of the caller's. */
    public ShardServer(
            ServerSettings settings,
            Settings timing,
            Retention retention,
            StoreFactory storeFactory,
            FatalError fatal,
            InstantSource wall)
            throws IOException {
        Path credentialFile = settings.credentialFile();
        authentication = credentialFile == null ? Authentication.NONE : credential(credentialFile);
        LogSettings logSettings = LogSettings.ofCapacity(settings.logCapacityBytes());
        surroundings = new Machine(linkThreads.first(), wall, fatal);
        FolderDisk disk = new FolderDisk(settings.dataDirectory().resolve(LOG_FOLDER));
        volume = Volume.open(settings.dataDirectory(), () -> SharedLog.makeRoom(disk, logSettings));
        try {
            log = SharedLog.open(disk, logSettings, surroundings, fatal);
        } catch (IOException | RuntimeException e) {
            volume.close();
            closeCredential();
            throw e;
        }
        GroupId volumeId = GroupId.parse(volume.id());
        identity = new ServerIdentity(
                settings.server(),
                settings.database(),
                settings.advertisedAddress(),
                Uid.newBuilder().setHigh(volumeId.high()).setLow(volumeId.low()).build(),
                volume.bootCounter(),
                new SecureRandom().nextLong() | 1);
        channels = new ServerChannels(settings.bindAddress(), eventLoops, authentication);
        LinkHello.Builder hello = LinkHello.newBuilder()
                .setPeer(PeerHello.newBuilder()
                        .setServer(identity.server())
                        .setVolume(identity.volume())
                        .setBootCounter(identity.bootCounter())
                        .setProcess(identity.process())
                        .setAddress(identity.endpoint())
                        .setCommandRules(PeerVersions.COMMAND_RULES));
        transport = new PeerTransport(
                channels, new LinkDialer(settings.bindAddress(), hello, authentication), linkThreads.first(), wall);
        copies = new CopyWiring(transport, channels);
        timestamps = new Timestamps(
                settings.dataDirectory(), new MemberId(volumeId.high(), volumeId.low()), transport, fatal);
        Stores stores = new Stores(storeFactory, volume.id(), volume.bootCounter(), surroundings::nanos);
        runtime = new GroupRuntime(
                log, stores, timing, surroundings, transport, transport, copies, retention, timestamps, fatal);
        timestamps.useClock(() -> runtime.isClockFarAhead() ? 0 : wall.millis());
        transport.onBroken(runtime::unreachable);
        transport.onRolledBack(runtime::volumeRolledBack);
        control = new GroupControl(runtime);
        data = new DataService(new GroupClients(runtime), runtime.leaders());
        PeerService peers = new PeerService(transport, runtime, control);
        grpc = grpcServer(settings, peers, copies.serve(runtime));
        try {
            grpc.start();
            links = new LinkServer(
                    address(settings, grpc.getPort()), linkThreads, hello, authentication, accepting(peers));
        } catch (IOException e) {
            close();
            throw e;
        }
        runtime.start();
    }

    private static CredentialFile credential(Path file) throws CredentialUnusableException {
        try {
            return CredentialFile.open(file);
        } catch (IOException e) {
            throw new CredentialUnusableException(file, e);
        }
    }

    private static InetSocketAddress address(ServerSettings settings, int port) {
        return settings.bindAddress() == null
                ? new InetSocketAddress(port)
                : new InetSocketAddress(settings.bindAddress(), port);
    }

    private LinkServer.Acceptor accepting(PeerService peers) {
        return (hello, caller) -> {
            switch (hello.getWhoCase()) {
                case ROUTER -> caller.take(RequestFrame.parser(), data::router);
                case PEER -> peers.accept(hello.getPeer(), caller);
                case WHO_NOT_SET -> caller.refuse("this server does not know such a caller");
            }
        };
    }

    private Server grpcServer(ServerSettings settings, PeerService peers, BindableService copyService) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address(settings, settings.grpcPort()));
        eventLoops.use(builder);
        return builder.directExecutor()
                .intercept(new CheckedCalls(authentication))
                // Only copies block on the database.
                .callExecutor(new ServerCallExecutorSupplier() {
                    @Override
                    public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
                        String service = call.getMethodDescriptor().getServiceName();
                        return CopyGrpc.SERVICE_NAME.equals(service) ? copies.pool() : null;
                    }
                })
                .maxInboundMessageSize(Link.MAX_MESSAGE_BYTES)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(data)
                .addService(new ViewService(new GroupClients(runtime)))
                .addService(new ControlService(identity, runtime, control, transport, timestamps, authentication))
                .addService(new TimestampService(timestamps, transport::isolated, transport::later))
                .addService(peers)
                .addService(copyService)
                .build();
    }

    /** The port that the gRPC services listen on. */
    public int grpcPort() {
        return grpc.getPort();
    }

    public ServerIdentity identity() {
        return identity;
    }

    /** Who may come, and what this server shows of itself. */
    public Authentication authentication() {
        return authentication;
    }

    /** The data directory. */
    public Volume volume() {
        return volume;
    }

    public GroupRuntime runtime() {
        return runtime;
    }

    /** How the replicas here stand. */
    public CompletableFuture<List<ReplicaStatus>> replicas() {
        return control.status();
    }

    public DataService data() {
        return data;
    }

    /** Connections to the other servers. */
    public ServerChannels channels() {
        return channels;
    }

    /** Messages between servers, with its fault switch. */
    public PeerTransport transport() {
        return transport;
    }

    /** Answers what waits, stops everything, closes the log. */
    @Override
    public void close() throws IOException {
        grpc.shutdown();
        runtime.close();
        links.close();
        timestamps.close();
        copies.close();
        transport.close();
        grpc.shutdownNow();
        eventLoops.close();
        linkThreads.close();
        log.close();
        volume.close();
        closeCredential();
    }

    private void closeCredential() {
        if (authentication instanceof CredentialFile file) {
            file.close();
        }
    }
}

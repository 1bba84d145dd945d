package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.shardeddb.consensus.Settings;
import io.shardeddb.protocol.credential.CredentialedCalls;
import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.BootstrapRequest;
import io.shardeddb.protocol.wire.ChangeMembershipRequest;
import io.shardeddb.protocol.wire.ChecksumReply;
import io.shardeddb.protocol.wire.ChecksumRequest;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.CopyGrpc;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.PeerGrpc;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.PrepareReplicaReply;
import io.shardeddb.protocol.wire.PrepareReplicaRequest;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.SetOpenRequest;
import io.shardeddb.protocol.wire.ShardingStrategy;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TableDescription;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.ShardServer;
import io.shardeddb.server.config.ServerSettings;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Servers on loopback addresses of their own, in this process or in processes of their own, and the operator's and a
 * router's hands.
 */
final class Cluster implements AutoCloseable {
    static final Uid GROUP = Uid.newBuilder().setHigh(11).setLow(22).build();
    static final SchemaDefinition SCHEMA = SchemaDefinition.newBuilder()
            .setVersion(1)
            .setStrategy(ShardingStrategy.RANGE)
            .addTables(TableDescription.newBuilder()
                    .setName("t")
                    .addColumns(ColumnDescription.newBuilder().setName("id").setType("Number"))
                    .addColumns(ColumnDescription.newBuilder().setName("v").setType("String"))
                    .addPrimaryKey("id")
                    .setShardKey("id"))
            .build();

    private final Path folder;
    private final @Nullable Retention retention;
    private final Node[] nodes;
    private final AtomicLong requests = new AtomicLong();

    /** What the operator's and the router's hands show; absent: nothing. */
    volatile @Nullable DatabaseSecret shown;

    /** What outlives a server's process. */
    static final class Node {
        final String address;
        final int port;
        final @Nullable StoreFactory stores;
        final DatabaseAddress database;

        /** How far its clock is wrong. */
        volatile long aheadMillis;

        /** What it shows and asks for when it is started; absent: nothing, as on servers of older versions. */
        @Nullable
        Path credentialFile;

        @Nullable
        ShardServer server;

        @Nullable
        Process process;

        @Nullable
        ManagedChannel channel;

        Node(String address, int port, @Nullable StoreFactory stores, DatabaseAddress database) {
            this.address = address;
            this.port = port;
            this.stores = stores;
            this.database = database;
        }

        String endpoint() {
            return address + ":" + port;
        }
    }

    Cluster(Path folder, Retention retention, List<? extends StoreFactory> stores) throws IOException {
        this.folder = folder;
        this.retention = retention;
        nodes = new Node[stores.size()];
        for (int i = 0; i < nodes.length; i++) {
            String address = "127.0.77." + (i + 1);
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
                nodes[i] = new Node(
                        address, socket.getLocalPort(), stores.get(i), new DatabaseAddress("127.0.0.1", 1, "root", ""));
            }
            start(i);
        }
    }

    /** Servers in processes of their own, as in a pod. */
    private Cluster(List<DatabaseAddress> databases, Path folder) throws IOException {
        this.folder = folder;
        this.retention = null;
        nodes = new Node[databases.size()];
        for (int i = 0; i < nodes.length; i++) {
            String address = "127.0.78." + (i + 1);
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
                nodes[i] = new Node(address, socket.getLocalPort(), null, databases.get(i));
            }
            start(i);
        }
    }

    static Cluster ofProcesses(Path folder, List<DatabaseAddress> databases) throws IOException {
        return new Cluster(databases, folder);
    }

    Node node(int i) {
        return nodes[i];
    }

    ShardServer server(int i) {
        ShardServer server = nodes[i].server;
        if (server == null) {
            throw new IllegalStateException("server " + i + " is down");
        }
        return server;
    }

    void start(int i) throws IOException {
        Node node = nodes[i];
        Retention kept = retention;
        StoreFactory stores = node.stores;
        if (kept == null || stores == null) {
            node.process = process(node, i);
        } else {
            node.server = new ShardServer(
                    settings(i),
                    Settings.DEFAULT,
                    kept,
                    stores,
                    (what, cause) -> {
                        throw new IllegalStateException(what, cause);
                    },
                    () -> Instant.now().plusMillis(node.aheadMillis));
        }
        node.channel = NettyChannelBuilder.forAddress(node.address, node.port)
                .usePlaintext()
                .intercept(new CredentialedCalls(() -> shown))
                .build();
    }

    private Process process(Node node, int i) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.shardeddb.server.Main");
        builder.environment()
                .putAll(Map.of(
                        "POD_IP", node.address,
                        "GRPC_PORT", Integer.toString(node.port),
                        "HTTP_PORT", "0",
                        "DATABASE_NAME", "db",
                        "SERVER_NAME", "Server" + i,
                        "ADVERTISED_ADDRESS", node.endpoint(),
                        "DATA_DIRECTORY", folder.resolve("server" + i).toString(),
                        "MYSQL_HOST", node.database.host(),
                        "MYSQL_PORT", Integer.toString(node.database.port()),
                        "MYSQL_USER", node.database.user()));
        Path log = folder.resolve("server" + i + ".log");
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Ends a server's process as kill -9 does. */
    void kill(int i) {
        Node node = nodes[i];
        Process process = node.process;
        if (process == null) {
            throw new IllegalStateException("server " + i + " has no process");
        }
        process.destroyForcibly();
        node.process = null;
        ManagedChannel channel = node.channel;
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    void stop(int i) throws IOException {
        if (nodes[i].process != null) {
            kill(i);
            return;
        }
        server(i).close();
        nodes[i].server = null;
        ManagedChannel channel = nodes[i].channel;
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    boolean isUp(int i) {
        return nodes[i].server != null || nodes[i].process != null;
    }

    /** The settings that a server was started with. */
    ServerSettings settings(int i) {
        Node node = nodes[i];
        return new ServerSettings(
                node.address,
                node.port,
                0,
                "db",
                "default",
                "Server" + i,
                node.endpoint(),
                folder.resolve("server" + i),
                node.database,
                64 << 20,
                true,
                node.credentialFile);
    }

    /** A leader's request that a server's replica take a copy. */
    TakeCopyReply takeCopy(int i, TakeCopyRequest request) {
        return PeerGrpc.newBlockingStub(channel(i))
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .takeCopy(request);
    }

    CopyGrpc.CopyBlockingStub copies(int i) {
        return CopyGrpc.newBlockingStub(channel(i)).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    ControlGrpc.ControlBlockingStub control(int i) {
        return ControlGrpc.newBlockingStub(channel(i)).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    DataGrpc.DataBlockingStub data(int i) {
        return DataGrpc.newBlockingStub(channel(i)).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private ManagedChannel channel(int i) {
        ManagedChannel channel = nodes[i].channel;
        if (channel == null) {
            throw new IllegalStateException("server " + i + " is down");
        }
        return channel;
    }

    GroupMember prepare(int i) {
        return prepare(i, GROUP);
    }

    private GroupMember prepare(int i, Uid group) {
        PrepareReplicaReply reply = control(i)
                .prepareReplica(PrepareReplicaRequest.newBuilder()
                        .setGroup(group)
                        .setDatabase("db")
                        .setShard("sh1")
                        .build());
        if (reply.hasError()) {
            throw new IllegalStateException(reply.getError().getMessage());
        }
        return GroupMember.newBuilder()
                .setMember(reply.getMember())
                .setServer("Server" + i)
                .setAddress(nodes[i].endpoint())
                .build();
    }

    /** A group with its first member on server 0, open for writes. */
    GroupMember bootstrap() {
        return bootstrap(0, GROUP);
    }

    GroupMember bootstrap(int server, Uid group) {
        GroupMember first = prepare(server, group);
        require(control(server)
                .bootstrap(BootstrapRequest.newBuilder()
                        .setGroup(group)
                        .setMember(first.getMember())
                        .setSelf(first)
                        .setInterval(PositionInterval.newBuilder().setFrom(Long.MIN_VALUE))
                        .setEpoch(1)
                        .setSchema(SCHEMA)
                        .build()));
        require(control(server)
                .setOpen(SetOpenRequest.newBuilder()
                        .setGroup(group)
                        .setOpen(true)
                        .build()));
        return first;
    }

    /** Grows the group to these members: learners first, then voters, by the leader. */
    void grow(List<GroupMember> members, GroupMember... fresh) {
        List<GroupMember> old = new ArrayList<>(members);
        old.removeAll(Arrays.asList(fresh));
        change(GroupConfiguration.newBuilder().addAllVoters(old).addAllLearners(Arrays.asList(fresh)));
        change(GroupConfiguration.newBuilder().addAllVoters(members));
    }

    /** Repeats a membership change, as the operator does, until it is committed. */
    void change(GroupConfiguration.Builder target) {
        Awaitility.await("membership " + target.getVotersCount() + "/" + target.getLearnersCount())
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    int leader = leader();
                    if (leader < 0) {
                        return false;
                    }
                    ReplicaStatus status = status(leader);
                    GroupConfiguration now = status.getConfiguration();
                    if (now.getVotersCount() == target.getVotersCount()
                            && now.getVotersList().containsAll(target.getVotersList())
                            && now.getLearnersCount() == target.getLearnersCount()
                            && now.getOutgoingVotersCount() == 0) {
                        return true;
                    }
                    ControlReply reply = control(leader)
                            .changeMembership(ChangeMembershipRequest.newBuilder()
                                    .setGroup(GROUP)
                                    .setExpectedConfigurationIndex(status.getConfigurationIndex())
                                    .setTarget(target)
                                    .setTimeoutMillis(5000)
                                    .build());
                    return !reply.hasError();
                });
    }

    /** Three voters on servers 0 to 2. */
    List<GroupMember> threeVoters() {
        GroupMember first = bootstrap();
        GroupMember second = prepare(1);
        GroupMember third = prepare(2);
        List<GroupMember> all = List.of(first, second, third);
        grow(all, second, third);
        return all;
    }

    ReplicaStatus status(int i) {
        ServerStatus status = control(i).status(StatusRequest.getDefaultInstance());
        return status.getReplicasList().stream()
                .filter(replica -> replica.getGroup().equals(GROUP))
                .findFirst()
                .orElse(ReplicaStatus.getDefaultInstance());
    }

    /** The server that leads in the highest term; -1 if none does. */
    int leader() {
        int leader = -1;
        long term = -1;
        for (int i = 0; i < nodes.length; i++) {
            if (isUp(i)) {
                ReplicaStatus status = status(i);
                if (status.getRole() == ReplicaRole.LEADER && status.getTerm() > term) {
                    leader = i;
                    term = status.getTerm();
                }
            }
        }
        return leader;
    }

    int awaitLeaderOtherThan(int old) {
        return Awaitility.await("another leader than " + old)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(this::leader, found -> found >= 0 && found != old);
    }

    WriteReply write(int i, long key) {
        return data(i).write(request(key));
    }

    /** Writes a row for each key, every one acknowledged. */
    void write(int i, long from, long to) {
        for (long key = from; key < to; key++) {
            WriteReply reply = write(i, key);
            assertThat(reply.hasError()).as(reply.getError().getMessage()).isFalse();
        }
    }

    /** All copies have the same rows, so many. */
    void requireEqualRows(int leader, int timeoutMillis, int members, long rows) {
        ChecksumReply first = checksum(leader, timeoutMillis);
        // Leadership may move while it is asked.
        ChecksumReply sums = first.hasError()
                ? checksum(leader == leader() ? leader : awaitLeaderOtherThan(leader), timeoutMillis)
                : first;
        assertThat(sums.hasError()).as(sums.getError().getMessage()).isFalse();
        assertThat(sums.getReplicasList()).hasSize(members).allSatisfy(replica -> {
            assertThat(replica.hasError()).as(replica.toString()).isFalse();
            assertThat(replica.getTablesList()).isEqualTo(sums.getReplicas(0).getTablesList());
            assertThat(replica.getTables(0).getRows()).isEqualTo(rows);
        });
    }

    private ChecksumReply checksum(int leader, int timeoutMillis) {
        return control(leader)
                .checksum(ChecksumRequest.newBuilder()
                        .setGroup(GROUP)
                        .setTimeoutMillis(timeoutMillis)
                        .build());
    }

    WriteRequest request(long key) {
        return WriteRequest.newBuilder()
                .setGroup(GROUP)
                .setRequest(RequestId.newBuilder()
                        .setClient("test")
                        .setNumber(requests.incrementAndGet())
                        .setIssuedAtMillis(System.currentTimeMillis()))
                .setSchemaVersion(1)
                .setEpoch(1)
                .addTables("t")
                .addOperations(RowOperation.newBuilder()
                        .setKind(OperationKind.INSERT)
                        .setRow(RowCodec.encode(InMemoryStores.row(key, "row " + key))))
                .setTimeoutMillis(3000)
                .build();
    }

    ReadReply read(int i, ReadLevel level) {
        return data(i).read(readRequest(level).build());
    }

    ReadRequest.Builder readRequest(ReadLevel level) {
        return ReadRequest.newBuilder()
                .setGroup(GROUP)
                .setLevel(level)
                .setMaxStalenessMillis(1000)
                .setSchemaVersion(1)
                .setEpoch(1)
                .setTable("t")
                .setTimeoutMillis(2000);
    }

    static ControlReply require(ControlReply reply) {
        if (reply.hasError()) {
            throw new IllegalStateException(reply.getError().getMessage());
        }
        return reply;
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < nodes.length; i++) {
            if (isUp(i)) {
                stop(i);
            }
        }
    }
}

package io.shardeddb.cli.proof;

import io.fabric8.kubernetes.api.model.Pod;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.protocol.credential.CredentialedCalls;
import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.wire.ChecksumReply;
import io.shardeddb.protocol.wire.ChecksumRequest;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ReplicaChecksum;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The shard servers of one database, asked directly: who leads, and whether all copies of a shard agree. */
public final class Servers implements AutoCloseable {

    private static final int PORT = 7000;
    private static final long STATUS_MILLIS = 1_000;
    private static final int HAND_OVER_MILLIS = 1_000;
    private static final Duration CHECKSUM_TIMEOUT = Duration.ofSeconds(20);

    private final Map<String, String> addresses;
    private final Map<String, ManagedChannel> channels = new HashMap<>();

    private final CredentialedCalls credentials;

    private Servers(Map<String, String> addresses, @Nullable DatabaseSecret secret) {
        this.addresses = addresses;
        this.credentials = new CredentialedCalls(() -> secret);
    }

    /** The servers that a database has now. */
    public static Servers of(Cluster cluster, String database) {
        Map<String, String> addresses = new HashMap<>();
        for (Pod pod : cluster.pods()) {
            Map<String, String> labels = pod.getMetadata().getLabels();
            @Nullable String server = Cluster.serverName(pod);
            if (server != null
                    && database.equals(labels.get(ApiNames.DATABASE_LABEL))
                    && pod.getStatus() != null
                    && pod.getStatus().getPodIP() != null) {
                addresses.put(server, pod.getStatus().getPodIP());
            }
        }
        return new Servers(addresses, cluster.secret(database).orElse(null));
    }

    /** Who leads a group. */
    public record Leader(String server, long term) {}

    /** The leader of the highest term that any server claims to be; empty when none does. */
    public Optional<Leader> leader(Shard shard) {
        return leader(copies(shard));
    }

    /** The same among copies, by server. */
    static Optional<Leader> leader(Map<String, ReplicaStatus> copies) {
        Leader best = null;
        for (Map.Entry<String, ReplicaStatus> copy : copies.entrySet()) {
            ReplicaStatus replica = copy.getValue();
            if (replica.getRole() == ReplicaRole.LEADER && (best == null || replica.getTerm() > best.term())) {
                best = new Leader(copy.getKey(), replica.getTerm());
            }
        }
        return Optional.ofNullable(best);
    }

    /** What the servers say of their copies of a shard, by server; one that has none or does not answer is absent. */
    public Map<String, ReplicaStatus> copies(Shard shard) {
        return copies(shard, statuses());
    }

    /** The same of several shards, by their names; each server is asked once. */
    public Map<String, Map<String, ReplicaStatus>> copies(List<Shard> shards) {
        Map<String, ServerStatus> statuses = statuses();
        Map<String, Map<String, ReplicaStatus>> copies = new HashMap<>();
        shards.forEach(shard -> copies.put(shard.getSpec().name(), copies(shard, statuses)));
        return copies;
    }

    static Map<String, ReplicaStatus> copies(Shard shard, Map<String, ServerStatus> statuses) {
        Uid group = uid(shard);
        Map<String, ReplicaStatus> copies = new HashMap<>();
        statuses.forEach((server, status) -> status.getReplicasList().stream()
                .filter(replica -> replica.getGroup().equals(group))
                .findFirst()
                .ifPresent(replica -> copies.put(server, replica)));
        return copies;
    }

    /** What all servers say of themselves; one that does not answer is absent. */
    Map<String, ServerStatus> statuses() {
        Map<String, ServerStatus> statuses = new HashMap<>();
        addresses.keySet().forEach(server -> status(server).ifPresent(status -> statuses.put(server, status)));
        return statuses;
    }

    /** What one server says of itself; empty when it does not answer. */
    public Optional<ServerStatus> status(String server) {
        try {
            return Optional.of(ControlGrpc.newBlockingStub(channel(server))
                    .withDeadlineAfter(STATUS_MILLIS, TimeUnit.MILLISECONDS)
                    .status(StatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Lets the leader of a shard hand its leadership to the follower that it thinks best, once.
     *
     * @return whether it did; false when nobody leads, or the leader refused or did not answer
     */
    public boolean handOver(Shard shard) {
        Optional<Leader> leader = leader(shard);
        if (leader.isEmpty()) {
            return false;
        }
        try {
            return !ControlGrpc.newBlockingStub(channel(leader.get().server()))
                    .withDeadlineAfter(2 * HAND_OVER_MILLIS, TimeUnit.MILLISECONDS)
                    .transferLeadership(TransferLeadershipRequest.newBuilder()
                            .setGroup(uid(shard))
                            .setTimeoutMillis(HAND_OVER_MILLIS)
                            .build())
                    .hasError();
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /**
     * The checksums of a shard's copies, computed by each at the same log index.
     *
     * @param index where in the log
     * @param byServer one line per server: tables with rows and checksum
     * @param problems copies that could not compute it, or differ
     */
    public record ShardChecksums(long index, long rows, Map<String, String> byServer, List<String> problems) {

        /** Whether this many copies were computed and are equal. */
        public boolean equalOn(int copies) {
            return problems.isEmpty() && byServer.size() == copies;
        }
    }

    /**
     * Asks the leader, no matter which server that is, until it answers.
     *
     * @throws CommandFailure when no leader answers in time
     */
    public ShardChecksums checksums(Shard shard, Duration patience) throws InterruptedException {
        String[] last = {"no server leads it"};
        return Waiter.of(patience, 200)
                .first(() -> {
                    Optional<Leader> leader = leader(shard);
                    if (leader.isEmpty()) {
                        return Optional.empty();
                    }
                    try {
                        ChecksumReply reply = ControlGrpc.newBlockingStub(
                                        channel(leader.get().server()))
                                .withDeadlineAfter(CHECKSUM_TIMEOUT.toMillis() + 2_000, TimeUnit.MILLISECONDS)
                                .checksum(ChecksumRequest.newBuilder()
                                        .setGroup(uid(shard))
                                        .setTimeoutMillis((int) CHECKSUM_TIMEOUT.toMillis())
                                        .build());
                        if (!reply.hasError()) {
                            return Optional.of(judge(reply));
                        }
                        last[0] = reply.getError().getCode() + ": "
                                + reply.getError().getMessage();
                    } catch (StatusRuntimeException e) {
                        last[0] = String.valueOf(e.getMessage());
                    }
                    return Optional.empty();
                })
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.TEMPORARY,
                        "no checksums of shard " + shard.getSpec().name() + ": " + last[0]));
    }

    static ShardChecksums judge(ChecksumReply reply) {
        Map<String, String> byServer = new HashMap<>();
        List<String> problems = new ArrayList<>();
        long rows = 0;
        for (ReplicaChecksum replica : reply.getReplicasList()) {
            if (replica.hasError()) {
                problems.add(replica.getServer() + ": " + replica.getError().getMessage());
                continue;
            }
            rows = replica.getTablesList().stream()
                    .mapToLong(TableChecksum::getRows)
                    .sum();
            StringBuilder line = new StringBuilder();
            replica.getTablesList().stream()
                    .map(table -> String.format(
                            "%s %d rows %016x%016x ",
                            table.getTable(), table.getRows(), table.getHigh(), table.getLow()))
                    .sorted()
                    .forEach(line::append);
            byServer.put(replica.getServer(), line.toString().strip());
        }
        if (byServer.values().stream().distinct().count() > 1) {
            byServer.forEach((server, line) -> problems.add(server + ": " + line));
        }
        return new ShardChecksums(reply.getIndex(), rows, byServer, problems);
    }

    private static Uid uid(Shard shard) {
        UUID uuid = UUID.fromString(shard.groupUid());
        return Uid.newBuilder()
                .setHigh(uuid.getMostSignificantBits())
                .setLow(uuid.getLeastSignificantBits())
                .build();
    }

    private ManagedChannel channel(String server) {
        return channels.computeIfAbsent(
                server,
                name -> Grpc.newChannelBuilderForAddress(
                                java.util.Objects.requireNonNull(addresses.get(name), name),
                                PORT,
                                InsecureChannelCredentials.create())
                        .intercept(credentials)
                        .build());
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}

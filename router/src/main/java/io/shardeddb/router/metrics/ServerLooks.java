package io.shardeddb.router.metrics;

import io.grpc.StatusRuntimeException;
import io.shardeddb.protocol.stream.SingleAnswer;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.ControlReply;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TransferLeadershipRequest;
import io.shardeddb.router.forward.ServerLinks;
import io.shardeddb.router.topology.Replica;
import io.shardeddb.router.topology.ServerEntry;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks the servers how they stand, all at once. Nothing is asked while nobody wants to know. */
@Singleton
public final class ServerLooks {
    private static final long DEADLINE_MILLIS = 1_500;
    private static final int TRANSFER_MILLIS = 3_000;

    private final ServerLinks links;

    ServerLooks(ServerLinks links) {
        this.links = links;
    }

    /** Looks at every server, in the topology's order. Takes as long as the slowest answer, 1.5 s at most. */
    public List<ServerLook> ask(Topology topology) {
        Map<String, String> addresses = new HashMap<>();
        topology.shards()
                .forEach(shard ->
                        shard.replicas().forEach(replica -> addresses.put(replica.server(), replica.address())));
        List<CompletableFuture<ServerLook>> asked = new ArrayList<>();
        for (ServerEntry server : topology.servers()) {
            asked.add(ask(new Replica(server.name(), addresses.getOrDefault(server.name(), ""))));
        }
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<ServerLook> ask(Replica server) {
        if (server.address().isEmpty()) {
            // A server without replicas has no address here, and nothing to say about shards.
            return CompletableFuture.completedFuture(new ServerLook(server.server(), "", null, 0));
        }
        long begin = System.nanoTime();
        SingleAnswer<ServerStatus> answer = new SingleAnswer<>();
        ControlGrpc.newStub(links.channel(server.address()))
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .status(StatusRequest.getDefaultInstance(), answer);
        // Not answering is an observation: the server counts as unhealthy.
        return answer.future()
                .handle((status, silence) -> new ServerLook(
                        server.server(),
                        server.address(),
                        status,
                        status == null ? 0 : (System.nanoTime() - begin) / 1e6));
    }

    /**
     * Asks a shard's leader to hand over, and waits for the outcome.
     *
     * @return what the leader answered
     * @throws StatusRuntimeException if it did not answer in time
     */
    public ControlReply transfer(String leaderAddress, TransferLeadershipRequest request) {
        return ControlGrpc.newBlockingStub(links.channel(leaderAddress))
                .withDeadlineAfter(2L * TRANSFER_MILLIS, TimeUnit.MILLISECONDS)
                .transferLeadership(
                        request.toBuilder().setTimeoutMillis(TRANSFER_MILLIS).build());
    }
}

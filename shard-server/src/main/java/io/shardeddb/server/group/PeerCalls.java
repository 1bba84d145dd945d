package io.shardeddb.server.group;

import io.shardeddb.protocol.wire.PeerChecksumsReply;
import io.shardeddb.protocol.wire.PeerChecksumsRequest;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.SettleRequest;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.TickReply;
import io.shardeddb.protocol.wire.TickRequest;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import java.util.concurrent.CompletableFuture;

/** Single questions to other servers. A future that fails says that the other one did not answer. */
public interface PeerCalls {

    CompletableFuture<PeerChecksumsReply> checksums(String endpoint, PeerChecksumsRequest request);

    /** Answered when the copy is durable there, or has failed. */
    CompletableFuture<TakeCopyReply> takeCopy(String endpoint, TakeCopyRequest request);

    CompletableFuture<ServerStatus> status(String endpoint);

    /** Whether a request ran, as the leader of its group knows; closes its id if it has not. */
    CompletableFuture<WriteReply> settle(String endpoint, SettleRequest request);

    /** A step of a transaction, for the leader of a group. */
    CompletableFuture<WriteReply> write(String endpoint, WriteRequest request);

    /** Values of the other one's clock, for the timestamp service. */
    CompletableFuture<TickReply> tick(String endpoint, TickRequest request);
}

package io.shardeddb.server.transport;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.shardeddb.consensus.Message;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.link.LinkReceiver;
import io.shardeddb.protocol.link.LinkServer;
import io.shardeddb.protocol.wire.PeerChecksumsReply;
import io.shardeddb.protocol.wire.PeerChecksumsRequest;
import io.shardeddb.protocol.wire.PeerFrame;
import io.shardeddb.protocol.wire.PeerGrpc;
import io.shardeddb.protocol.wire.PeerHello;
import io.shardeddb.protocol.wire.PeerMessage;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.server.group.GroupControl;
import io.shardeddb.server.group.GroupRuntime;
import io.shardeddb.server.log.ConfigurationCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receiving side. */
public final class PeerService extends PeerGrpc.PeerImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(PeerService.class);

    private final PeerTransport transport;
    private final GroupRuntime runtime;
    private final GroupControl control;
    private final Map<Uid, Long> bootCounters = new ConcurrentHashMap<>();

    public PeerService(PeerTransport transport, GroupRuntime runtime, GroupControl control) {
        this.transport = transport;
        this.runtime = runtime;
        this.control = control;
    }

    /** Takes another server's link, or refuses it. */
    public void accept(PeerHello peer, LinkServer.Caller caller) {
        // A volume whose boot counter went back was rolled back: nothing that it says may count.
        long known = bootCounters.merge(peer.getVolume(), peer.getBootCounter(), Math::max);
        if (peer.getBootCounter() < known) {
            LOG.error(
                    "server {} comes with boot counter {}, it had {} before: its volume was rolled back",
                    peer.getServer(),
                    peer.getBootCounter(),
                    known);
            caller.refuse("this volume was seen with a later boot counter");
        } else {
            caller.take(PeerFrame.parser(), link -> new Frames(peer));
        }
    }

    private final class Frames implements LinkReceiver<PeerFrame> {
        private final PeerHello from;

        Frames(PeerHello from) {
            this.from = from;
        }

        @Override
        public void received(PeerFrame frame) {
            if (transport.isolated() || frame.getMessagesCount() == 0) {
                return;
            }
            if (frame.getWallMillis() != 0) {
                runtime.clocks().heard(from.getAddress(), frame.getWallMillis(), System.nanoTime());
            }
            List<Message> messages = new ArrayList<>(frame.getMessagesCount());
            for (PeerMessage wire : frame.getMessagesList()) {
                Message message = MessageCodec.ofWire(wire);
                if (message != null) {
                    messages.add(message);
                }
            }
            runtime.receive(from.getAddress(), messages);
        }

        @Override
        public void ready() {
            // Nothing is sent this way.
        }

        @Override
        public void ended(String reason) {
            LOG.debug("the link from {} ended: {}", from.getAddress(), reason);
            transport.connectionBroke(from.getAddress());
        }
    }

    @Override
    public void checksums(PeerChecksumsRequest request, StreamObserver<PeerChecksumsReply> answer) {
        if (refusedAsIsolated(answer)) {
            return;
        }
        var _ = control.checksums(
                        ConfigurationCodec.groupId(request.getGroup()),
                        ConfigurationCodec.memberId(request.getMember()),
                        request.getIndex(),
                        request.getTimeoutMillis())
                .thenAccept(tables -> {
                    PeerChecksumsReply.Builder reply = PeerChecksumsReply.newBuilder();
                    if (tables == null) {
                        reply.setError(
                                new DatabaseException(ErrorCode.READ_TIMED_OUT, "no checksum at this index in time")
                                        .toWire());
                    } else {
                        reply.addAllTables(tables);
                    }
                    answer.onNext(reply.build());
                    answer.onCompleted();
                });
    }

    @Override
    public void takeCopy(TakeCopyRequest request, StreamObserver<TakeCopyReply> answer) {
        if (refusedAsIsolated(answer)) {
            return;
        }
        var _ = control.takeCopy(request).thenAccept(reply -> {
            answer.onNext(reply);
            answer.onCompleted();
        });
    }

    private boolean refusedAsIsolated(StreamObserver<?> answer) {
        if (transport.isolated()) {
            answer.onError(Status.UNAVAILABLE
                    .withDescription("isolated by the fault switch")
                    .asRuntimeException());
            return true;
        }
        return false;
    }
}

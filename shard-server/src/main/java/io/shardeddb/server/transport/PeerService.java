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
import io.shardeddb.server.group.runtime.GroupControl;
import io.shardeddb.server.group.runtime.GroupRuntime;
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
    /** By volume, the latest process on it. */
    private final Map<Uid, Boot> boots = new ConcurrentHashMap<>();

    /** @param process 0 in older versions, which do not tell it */
    private record Boot(long counter, long process) {

        /**
         * Whether this one may follow on the same volume. The same process comes again whenever its connection breaks.
         */
        boolean follows(Boot before) {
            return counter > before.counter
                    || (counter == before.counter
                            && (process == before.process || process == 0 || before.process == 0));
        }
    }

    /** With this begins the refusal of a server whose volume is an old copy of itself. */
    static final String ROLLED_BACK = "VOLUME_ROLLED_BACK: ";

    public PeerService(PeerTransport transport, GroupRuntime runtime, GroupControl control) {
        this.transport = transport;
        this.runtime = runtime;
        this.control = control;
    }

    /** Takes another server's link, or refuses it. */
    public void accept(PeerHello peer, LinkServer.Caller caller) {
        // A volume whose boot counter went back, or that another process has with the same one, was rolled back:
        // nothing that it says may
        // count.
        Boot boot = new Boot(peer.getBootCounter(), peer.getProcess());
        Boot known = boots.merge(peer.getVolume(), boot, (before, now) -> now.follows(before) ? now : before);
        if (!boot.follows(known)) {
            LOG.error(
                    "server {} comes with boot counter {}, its volume was seen with {} before: it was rolled back",
                    peer.getServer(),
                    boot.counter(),
                    known.counter());
            caller.refuse(ROLLED_BACK + "this volume was seen with boot counter " + known.counter()
                    + " in another process, and comes with " + boot.counter());
        } else {
            runtime.versions().heard(peer.getAddress(), peer.getCommandRules());
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

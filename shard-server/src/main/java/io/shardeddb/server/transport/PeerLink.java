package io.shardeddb.server.transport;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.shardeddb.protocol.wire.PeerFrame;
import io.shardeddb.protocol.wire.PeerGrpc;
import io.shardeddb.protocol.wire.PeerHello;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stream to one other server. While it is down or full, a bounded number of frames waits; the oldest are dropped, as a network may. */
final class PeerLink {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    private static final int MAX_WAITING_BYTES = 16 << 20;
    private static final long FIRST_BACKOFF_MILLIS = 50;
    /** A server that restarts is found again within the half second that is waited at most. */
    private static final int MAX_BACKOFF_DOUBLINGS = 3;

    private final String endpoint;
    private final PeerHello hello;
    private final ServerChannels channels;
    private final ScheduledExecutorService timer;
    private final Consumer<String> broken;
    private final ArrayDeque<PeerFrame> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private @Nullable ManagedChannel channel;
    private @Nullable ClientCallStreamObserver<PeerFrame> stream;
    private int failures;
    private boolean closed;

    PeerLink(
            String endpoint,
            PeerHello hello,
            ServerChannels channels,
            ScheduledExecutorService timer,
            Consumer<String> broken) {
        this.endpoint = endpoint;
        this.hello = hello;
        this.channels = channels;
        this.timer = timer;
        this.broken = broken;
    }

    synchronized void send(PeerFrame frame) {
        if (closed) {
            return;
        }
        waiting.add(frame);
        waitingBytes += frame.getSerializedSize();
        if (stream == null && channel == null) {
            connect();
        }
        flush();
        // While the stream is down old messages are worthless; while it is full, the newest are sent again by the
        // protocol.
        while (waitingBytes > (stream == null ? MAX_WAITING_BYTES / 16 : MAX_WAITING_BYTES)) {
            waitingBytes -= waiting.remove().getSerializedSize();
        }
    }

    private void flush() {
        ClientCallStreamObserver<PeerFrame> open = stream;
        while (open != null && open.isReady() && !waiting.isEmpty()) {
            PeerFrame frame = waiting.remove();
            waitingBytes -= frame.getSerializedSize();
            open.onNext(frame);
        }
    }

    private void connect() {
        ManagedChannel fresh = channels.open(endpoint);
        channel = fresh;
        PeerGrpc.newStub(fresh).exchange(new Answers(fresh));
    }

    private synchronized void ready(ManagedChannel of, ClientCallStreamObserver<PeerFrame> requests) {
        if (closed || !of.equals(channel)) {
            return;
        }
        if (stream == null && requests.isReady()) {
            requests.onNext(PeerFrame.newBuilder().setHello(hello).build());
            stream = requests;
        }
        flush();
    }

    private synchronized void greeted() {
        failures = 0;
    }

    private synchronized void ended(ManagedChannel of, String reason) {
        of.shutdownNow();
        if (closed || !of.equals(channel)) {
            return;
        }
        if (failures == 0) {
            LOG.info("the stream to {} ended: {}", endpoint, reason);
        }
        if (stream != null) {
            broken.accept(endpoint);
        }
        stream = null;
        long most = FIRST_BACKOFF_MILLIS << Math.min(failures++, MAX_BACKOFF_DOUBLINGS);
        long wait = most / 2 + ThreadLocalRandom.current().nextLong(most);
        var _ = timer.schedule(this::reconnect, wait, TimeUnit.MILLISECONDS);
    }

    private synchronized void reconnect() {
        if (!closed) {
            // What waited is stale by now; who sent it sends anew what still matters.
            waiting.clear();
            waitingBytes = 0;
            connect();
        }
    }

    synchronized void close() {
        closed = true;
        stream = null;
        ManagedChannel open = channel;
        if (open != null) {
            open.shutdownNow();
        }
    }

    private final class Answers implements ClientResponseObserver<PeerFrame, PeerFrame> {
        private final ManagedChannel of;

        Answers(ManagedChannel of) {
            this.of = of;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PeerFrame> requests) {
            requests.setOnReadyHandler(() -> ready(of, requests));
        }

        @Override
        public void onNext(PeerFrame frame) {
            greeted();
        }

        @Override
        public void onError(Throwable failure) {
            ended(of, String.valueOf(failure.getMessage()));
        }

        @Override
        public void onCompleted() {
            ended(of, "closed by the receiver");
        }
    }
}

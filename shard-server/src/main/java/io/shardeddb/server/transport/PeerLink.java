package io.shardeddb.server.transport;

import io.netty.channel.EventLoop;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.link.LinkDialer;
import io.shardeddb.protocol.link.LinkReceiver;
import io.shardeddb.protocol.wire.PeerFrame;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one other server. While it is down or full, a bounded number of frames waits; the oldest are dropped, as a
 * network may. Confined to its thread.
 */
final class PeerLink {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    private static final int MAX_WAITING_BYTES = 16 << 20;
    private static final long FIRST_BACKOFF_MILLIS = 50;
    /** A server that restarts is found again within the half second that is waited at most. */
    private static final int MAX_BACKOFF_DOUBLINGS = 3;

    private final String endpoint;
    private final LinkDialer dialer;
    private final EventLoop thread;
    private final Consumer<String> broken;
    private final Consumer<String> refused;
    private final ArrayDeque<PeerFrame> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private @Nullable Connection connection;
    private int failures;
    private boolean closed;

    /**
     * @param thread that everything happens on
     * @param broken told when a connection that stood broke
     * @param refused told why when the other server knows this volume to be an old copy of itself
     */
    PeerLink(String endpoint, LinkDialer dialer, EventLoop thread, Consumer<String> broken, Consumer<String> refused) {
        this.endpoint = endpoint;
        this.dialer = dialer;
        this.thread = thread;
        this.broken = broken;
        this.refused = refused;
    }

    void send(PeerFrame frame) {
        if (closed) {
            return;
        }
        if (connection == null) {
            connect();
        }
        waiting.add(frame);
        waitingBytes += frame.getSerializedSize();
        flush();
        // While the connection is down old messages are worthless; while it is full, the newest are sent again by the
        // protocol.
        while (waitingBytes > (isUp() ? MAX_WAITING_BYTES : MAX_WAITING_BYTES / 16)) {
            waitingBytes -= waiting.remove().getSerializedSize();
        }
    }

    private boolean isUp() {
        Connection present = connection;
        return present != null && present.up;
    }

    private void flush() {
        Connection present = connection;
        Link<PeerFrame, PeerFrame> link = present == null ? null : present.link;
        while (link != null && link.isReady() && !waiting.isEmpty()) {
            PeerFrame frame = waiting.remove();
            waitingBytes -= frame.getSerializedSize();
            link.send(frame);
        }
    }

    private void connect() {
        Connection fresh = new Connection();
        connection = fresh;
        fresh.link = dialer.dial(endpoint, thread, PeerFrame.parser(), fresh);
    }

    private void ended(boolean stood, String reason) {
        if (closed) {
            return;
        }
        if (failures == 0) {
            LOG.info("the link to {} ended: {}", endpoint, reason);
        }
        if (stood) {
            broken.accept(endpoint);
        }
        int rolledBack = reason.indexOf(PeerService.ROLLED_BACK);
        if (rolledBack >= 0) {
            refused.accept(endpoint + " says " + reason.substring(rolledBack));
        }
        long most = FIRST_BACKOFF_MILLIS << Math.min(failures++, MAX_BACKOFF_DOUBLINGS);
        long wait = most / 2 + ThreadLocalRandom.current().nextLong(most);
        var _ = thread.schedule(this::reconnect, wait, TimeUnit.MILLISECONDS);
    }

    private void reconnect() {
        if (!closed) {
            // What waited is stale by now; who sent it sends again what still matters.
            waiting.clear();
            waitingBytes = 0;
            connect();
        }
    }

    void close() {
        closed = true;
        Connection present = connection;
        Link<PeerFrame, PeerFrame> link = present == null ? null : present.link;
        if (link != null) {
            link.close();
        }
    }

    /** One connection from its beginning to its end. */
    private final class Connection implements LinkReceiver<PeerFrame> {
        private @Nullable Link<PeerFrame, PeerFrame> link;
        private boolean up;

        @Override
        public void received(PeerFrame frame) {
            // Nothing comes this way.
        }

        @Override
        public void ready() {
            up = true;
            failures = 0;
            flush();
        }

        @Override
        public void ended(String reason) {
            boolean stood = up;
            up = false;
            PeerLink.this.ended(stood, reason);
        }
    }
}

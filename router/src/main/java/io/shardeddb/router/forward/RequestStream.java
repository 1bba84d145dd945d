package io.shardeddb.router.forward;

import io.grpc.Status;
import io.shardeddb.protocol.link.Link;
import io.shardeddb.protocol.link.LinkReceiver;
import io.shardeddb.protocol.stream.FrameQueue;
import io.shardeddb.protocol.stream.Gathering;
import io.shardeddb.protocol.wire.NumberedReply;
import io.shardeddb.protocol.wire.NumberedRequest;
import io.shardeddb.protocol.wire.ReplyFrame;
import io.shardeddb.protocol.wire.RequestFrame;
import io.shardeddb.router.failure.Tries;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All requests to one server that wait for their answer, on one link, which is made when there is a request and none is
 * there. When it ends, each of its requests ends with its status, as single calls would; those that had not left end as
 * never sent.
 */
final class RequestStream implements FrameQueue.Stream<RequestStream.Pending> {

    /** What a request becomes. Exactly one of the two is called, once, on any thread, and must not block. */
    interface Outcome {

        /** The server's answer. */
        void answered(NumberedReply reply);

        /** There is none, and it is only known what the status says. */
        void failed(Status status);
    }

    /**
     * Requests that had not left when the stream ended have surely not run: as if the connection had never been made.
     */
    private static final Status NEVER_SENT =
            Status.UNAVAILABLE.withDescription("never sent").withCause(new ConnectException("never sent"));

    private static final Logger LOG = LoggerFactory.getLogger(RequestStream.class);

    /**
     * What is larger would not fit the message that a server takes, with others next to it in the frame, and end the
     * stream of all.
     */
    private static final int MAX_REQUEST_BYTES = Link.MAX_MESSAGE_BYTES - (4 << 20);

    private static final Status TOO_LARGE =
            Status.RESOURCE_EXHAUSTED.withDescription("it is larger than " + MAX_REQUEST_BYTES + " bytes");

    private static final int LONGEST_GATHERING_MILLIS = 5;

    private final Dialing dialing;
    private final ScheduledExecutorService thread;
    private final FrameQueue<Pending> queue;
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    // Of the connection's thread.
    private @Nullable Opened open;
    private boolean closing;
    private final Gathering gathering = new Gathering(LONGEST_GATHERING_MILLIS);
    private boolean gathers;
    private long nextLook;

    /** Begins a link to the server, on the stream's thread. */
    @FunctionalInterface
    interface Dialing {
        Link<ReplyFrame, RequestFrame> dial(LinkReceiver<ReplyFrame> receiver);
    }

    /** @param thread of the server's link: everything of the stream happens there */
    RequestStream(Dialing dialing, ScheduledExecutorService thread) {
        this.dialing = dialing;
        this.thread = thread;
        queue = new FrameQueue<>(thread, Pending::size, this);
    }

    /** A request that waits. */
    final class Pending {
        private final long number;
        private final NumberedRequest request;
        private final long deadline;
        private final Outcome outcome;
        // The stream that took it; of the connection's thread, but for looking whether there is one.
        private volatile @Nullable Opened on;
        private long leftAt;

        private Pending(long number, NumberedRequest request, long deadline, Outcome outcome) {
            this.number = number;
            this.request = request;
            this.deadline = deadline;
            this.outcome = outcome;
        }

        private int size() {
            return request.getSerializedSize();
        }

        /** Waits no longer. The server may run it all the same. */
        void cancel(String reason) {
            fail(Status.CANCELLED.withDescription(reason));
        }

        private void fail(Status status) {
            // First out of the map, then a look at who took it: see send.
            if (pending.remove(number, this)) {
                boolean stays = on != null || status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
                outcome.failed(stays ? status : NEVER_SENT.augmentDescription(Tries.text(status)));
            }
        }
    }

    /**
     * Sends a request.
     *
     * @param request complete but for its number and time-out
     * @param timeoutMillis after which it ends with DEADLINE_EXCEEDED, or a tenth of a second later
     */
    Pending send(NumberedRequest.Builder request, int timeoutMillis, Outcome outcome) {
        long number = numbers.incrementAndGet();
        Pending sent = new Pending(
                number,
                request.setNumber(number).setTimeoutMillis(timeoutMillis).build(),
                System.nanoTime() + timeoutMillis * 1_000_000L,
                outcome);
        pending.put(number, sent);
        if (sent.size() > MAX_REQUEST_BYTES) {
            sent.fail(TOO_LARGE);
        } else {
            queue.add(sent);
        }
        return sent;
    }

    /** Ends the requests whose time is over. To be called every tenth of a second. */
    void expire(long now) {
        boolean ended = false;
        for (Pending waiting : pending.values()) {
            if (now - waiting.deadline >= 0) {
                waiting.fail(Status.DEADLINE_EXCEEDED.withDescription("no answer in time"));
                ended = true;
            }
        }
        if (ended) {
            queue.removeIf(waiting -> !pending.containsKey(waiting.number));
        }
    }

    /** Ends the stream when its last request has ended. */
    void close() {
        thread.execute(() -> {
            closing = true;
            closeWhenIdle();
        });
    }

    // ---- on the connection's thread

    private void closeWhenIdle() {
        Opened present = open;
        if (closing && present != null && pending.isEmpty()) {
            open = null;
            present.close();
        }
    }

    @Override
    public boolean isReady() {
        Opened present = open;
        if (present == null) {
            present = new Opened();
            open = present;
            present.begin();
        }
        return present.isReady() && gathered();
    }

    /** Whether what waits leaves now; if not, it is looked at again when it has to. */
    private boolean gathered() {
        long now = System.nanoTime();
        if (!gathers) {
            gathering.begin(now);
        }
        if (gathering.isOver(queue.size(), now)) {
            gathers = false;
            return true;
        }
        // An answer that came meanwhile may have moved the end: the look that was set comes too early then.
        if (!gathers || now - nextLook >= 0) {
            gathers = true;
            nextLook = gathering.end();
            var _ = thread.schedule(queue::flush, nextLook - now, TimeUnit.NANOSECONDS);
        }
        return false;
    }

    @Override
    public void send(List<Pending> frame) {
        Opened present = open;
        long now = System.nanoTime();
        gathering.left(pending.size(), now);
        RequestFrame.Builder requests = RequestFrame.newBuilder();
        for (Pending waiting : frame) {
            waiting.leftAt = now;
            // Before looking whether it still waits: who ends it meanwhile must not take it for one that never left.
            waiting.on = present;
            if (pending.containsKey(waiting.number)) {
                requests.addRequests(waiting.request);
            }
        }
        if (present != null && requests.getRequestsCount() > 0) {
            present.send(requests.build());
        }
    }

    private void ended(Opened stream, Status status) {
        boolean present = stream.equals(open);
        if (present) {
            open = null;
        }
        List<Pending> lost = new ArrayList<>();
        // Those that no stream has taken were waiting for this one.
        for (Pending waiting : pending.values()) {
            Opened on = waiting.on;
            if (on == null ? present : on.equals(stream)) {
                lost.add(waiting);
            }
        }
        lost.forEach(waiting -> waiting.fail(status));
        queue.removeIf(waiting -> !pending.containsKey(waiting.number));
    }

    /** One link from its beginning to its end. */
    private final class Opened implements LinkReceiver<ReplyFrame> {
        private @Nullable Link<ReplyFrame, RequestFrame> link;

        private void begin() {
            link = dialing.dial(this);
        }

        private boolean isReady() {
            Link<ReplyFrame, RequestFrame> present = link;
            return present != null && present.isReady();
        }

        private void send(RequestFrame frame) {
            Link<ReplyFrame, RequestFrame> present = link;
            if (present != null) {
                present.send(frame);
            }
        }

        private void close() {
            Link<ReplyFrame, RequestFrame> present = link;
            if (present != null) {
                present.close();
            }
        }

        @Override
        public void ready() {
            queue.flush();
        }

        @Override
        public void received(ReplyFrame frame) {
            long now = System.nanoTime();
            for (NumberedReply reply : frame.getRepliesList()) {
                Pending waiting = pending.remove(reply.getNumber());
                if (waiting != null) {
                    gathering.answered(now - waiting.leftAt);
                    answer(waiting, reply);
                }
            }
            closeWhenIdle();
        }

        private static void answer(Pending waiting, NumberedReply reply) {
            try {
                waiting.outcome.answered(reply);
            } catch (RuntimeException e) {
                // A fault of this software in one request must not end the stream of all.
                LOG.error("an answer could not be handled", e);
            }
        }

        @Override
        public void ended(String reason) {
            RequestStream.this.ended(this, Status.UNAVAILABLE.withDescription(reason));
        }
    }
}

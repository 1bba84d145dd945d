package io.shardeddb.server.transport;

import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import io.shardeddb.consensus.Message;
import io.shardeddb.protocol.link.LinkDialer;
import io.shardeddb.protocol.stream.SingleAnswer;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.DataGrpc;
import io.shardeddb.protocol.wire.PeerChecksumsReply;
import io.shardeddb.protocol.wire.PeerChecksumsRequest;
import io.shardeddb.protocol.wire.PeerFrame;
import io.shardeddb.protocol.wire.PeerGrpc;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.SettleRequest;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import io.shardeddb.protocol.wire.TickReply;
import io.shardeddb.protocol.wire.TickRequest;
import io.shardeddb.protocol.wire.TimestampsGrpc;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.server.group.PeerCalls;
import io.shardeddb.server.group.PeerSender;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to the other servers: one link each for the messages of all groups, and single calls. */
public final class PeerTransport implements PeerSender, PeerCalls, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTransport.class);
    private static final int CALL_SECONDS = 5;
    private static final int TICK_SECONDS = 2;
    private static final int COPY_HOURS = 12;
    private static final long CALL_MARGIN_MILLIS = 500;

    private final ServerChannels channels;
    private final LinkDialer dialer;
    private final EventLoop thread;
    // Of the links' thread.
    private final Map<String, PeerLink> links = new HashMap<>();
    private final ScheduledExecutorService delayer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("delayed").daemon().factory());
    private final InstantSource wall;
    private volatile Consumer<String> broken = endpoint -> {};
    private volatile Consumer<String> rolledBack = reason -> {};
    private volatile boolean isolated;
    private volatile long delayMillis;

    /**
     * @param dialer makes links in this server's name
     * @param thread of the links
     * @param wall the wall clock that the others are told
     */
    public PeerTransport(ServerChannels channels, LinkDialer dialer, EventLoop thread, InstantSource wall) {
        this.channels = channels;
        this.dialer = dialer;
        this.thread = thread;
        this.wall = wall;
    }

    /**
     * Who is told, by endpoint, that a connection to or from another server broke. Called on the transport's threads.
     */
    public void onBroken(Consumer<String> listener) {
        broken = listener;
    }

    /**
     * Who is told why, when another server knows this one's volume to be an old copy of itself. Called on the
     * transport's threads.
     */
    public void onRolledBack(Consumer<String> listener) {
        rolledBack = listener;
    }

    void connectionBroke(String endpoint) {
        broken.accept(endpoint);
    }

    /** A fault for tests: cuts this server off from the others, both ways, or joins it again. */
    public void isolate(boolean cut) {
        isolated = cut;
    }

    /** A fault for tests: what this server sends to the others leaves so much later, 0 for at once. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    public boolean isolated() {
        return isolated;
    }

    @Override
    public void send(String endpoint, List<Message> messages) {
        if (isolated) {
            return;
        }
        PeerFrame.Builder frame = PeerFrame.newBuilder().setWallMillis(wall.millis());
        messages.forEach(message -> frame.addMessages(MessageCodec.toWire(message)));
        PeerFrame complete = frame.build();
        later(() -> deliver(endpoint, complete));
    }

    private void deliver(String endpoint, PeerFrame frame) {
        if (thread.inEventLoop()) {
            links.computeIfAbsent(
                            endpoint,
                            to -> new PeerLink(
                                    to, dialer, thread, this::connectionBroke, reason -> rolledBack.accept(reason)))
                    .send(frame);
        } else {
            thread.execute(() -> deliver(endpoint, frame));
        }
    }

    /** Does what sends something to another server: at once, or later by the delay of the fault switch. */
    public void later(Runnable sending) {
        long delay = delayMillis;
        if (delay == 0) {
            sending.run();
            return;
        }
        try {
            var _ = delayer.schedule(sending, delay, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed meanwhile: what was to leave later does not leave", e);
        }
    }

    @Override
    public CompletableFuture<PeerChecksumsReply> checksums(String endpoint, PeerChecksumsRequest request) {
        return call(
                endpoint,
                answer -> PeerGrpc.newStub(channels.get(endpoint))
                        .withDeadlineAfter(request.getTimeoutMillis() + 500L, TimeUnit.MILLISECONDS)
                        .checksums(request, answer));
    }

    @Override
    public CompletableFuture<TakeCopyReply> takeCopy(String endpoint, TakeCopyRequest request) {
        return call(
                endpoint,
                answer -> PeerGrpc.newStub(channels.get(endpoint))
                        .withDeadlineAfter(COPY_HOURS, TimeUnit.HOURS)
                        .takeCopy(request, answer));
    }

    @Override
    public CompletableFuture<ServerStatus> status(String endpoint) {
        return call(
                endpoint,
                answer -> ControlGrpc.newStub(channels.get(endpoint))
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .status(StatusRequest.getDefaultInstance(), answer));
    }

    @Override
    public CompletableFuture<TickReply> tick(String endpoint, TickRequest request) {
        return call(
                endpoint,
                answer -> later(() -> TimestampsGrpc.newStub(channels.get(endpoint))
                        .withDeadlineAfter(TICK_SECONDS, TimeUnit.SECONDS)
                        .tick(request, answer)));
    }

    @Override
    public CompletableFuture<WriteReply> settle(String endpoint, SettleRequest request) {
        return call(
                endpoint,
                answer -> later(() -> DataGrpc.newStub(channels.get(endpoint))
                        .withDeadlineAfter(request.getTimeoutMillis() + CALL_MARGIN_MILLIS, TimeUnit.MILLISECONDS)
                        .settle(request, answer)));
    }

    @Override
    public CompletableFuture<WriteReply> write(String endpoint, WriteRequest request) {
        return call(
                endpoint,
                answer -> later(() -> DataGrpc.newStub(channels.get(endpoint))
                        .withDeadlineAfter(request.getTimeoutMillis() + CALL_MARGIN_MILLIS, TimeUnit.MILLISECONDS)
                        .write(request, answer)));
    }

    private <T> CompletableFuture<T> call(String endpoint, Consumer<StreamObserver<T>> begin) {
        if (isolated || endpoint.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("no way to \"" + endpoint + "\""));
        }
        SingleAnswer<T> answer = new SingleAnswer<>();
        begin.accept(answer);
        return answer.future().whenComplete((reply, failure) -> {
            if (failure != null) {
                channels.callFailed(endpoint);
            }
        });
    }

    @Override
    public void close() {
        delayer.shutdownNow();
        thread.execute(() -> links.values().forEach(PeerLink::close));
        channels.close();
    }
}

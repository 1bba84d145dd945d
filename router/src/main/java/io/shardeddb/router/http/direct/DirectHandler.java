package io.shardeddb.router.http.direct;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.PromiseNotifier;
import io.shardeddb.router.drain.Draining;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client: answers the requests of the direct endpoints and passes the others to the framework's
 * handler, which stands behind it. Answers leave in the order of the requests: while a direct request is under way
 * every later one waits, and a direct request waits until the framework has answered those before it. While something
 * waits nothing more is read.
 *
 * <p>Everything happens on the connection's thread.
 */
final class DirectHandler extends ChannelDuplexHandler {

    /**
     * What all connections share.
     *
     * @param maxBodyBytes greatest body of a request
     * @param draining whether each connection is closed with its next answer
     * @param idleMillis after which a connection without any traffic is closed, or up to twice as much; 0 for never
     */
    record Shared(DirectEndpoints endpoints, HttpDate date, Draining draining, long maxBodyBytes, long idleMillis) {}

    private static final String PROBES = "/health/";

    private final Shared shared;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>(4);

    // The request that is under way here, from its head until it is answered.
    private @Nullable Exchange current;
    // Where the next message belongs, unless it begins a request.
    private Part part = Part.HEAD;
    // Requests that the framework has and has not answered yet.
    private int passed;
    private boolean reading;
    private boolean flushing;
    private boolean draining;
    private boolean readWanted;
    // No request that comes now is begun any more.
    private boolean ending;
    private @Nullable ChannelPromise closing;
    // The answer that the framework writes is the connection's last, though the framework does not know.
    private boolean lastAnswer;
    private boolean active = true;

    private enum Part {
        HEAD,
        /** The body of the current request. */
        BODY,
        /** A body that nobody reads, because its request is answered. */
        DROPPED,
        /** The body of a request that the framework has. */
        PASSED
    }

    DirectHandler(Shared shared) {
        this.shared = shared;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (shared.idleMillis > 0) {
            watchIdle(context);
        }
    }

    /** A mark that is set at each message and looked at rarely is cheaper than times and timers at each message. */
    private void watchIdle(ChannelHandlerContext context) {
        var _ = context.executor()
                .schedule(
                        () -> {
                            if (context.isRemoved() || !context.channel().isActive()) {
                                return;
                            }
                            if (active) {
                                active = false;
                                watchIdle(context);
                            } else {
                                var _ = context.close();
                            }
                        },
                        shared.idleMillis,
                        TimeUnit.MILLISECONDS);
    }

    // ---- in

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        active = true;
        reading = true;
        if (message instanceof HttpRequest head) {
            RequestHeads.settle(head);
        }
        if (!waiting.isEmpty() || !take(context, message)) {
            waiting.add(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (flushing) {
            flushing = false;
            context.flush();
        }
        context.fireChannelReadComplete();
    }

    /** Handles a message unless it has to wait: false. */
    private boolean take(ChannelHandlerContext context, Object message) {
        switch (part) {
            case HEAD -> {
                return begin(context, message);
            }
            case BODY -> body((HttpContent) message);
            case DROPPED -> ReferenceCountUtil.release(message);
            case PASSED -> context.fireChannelRead(message);
        }
        if (message instanceof LastHttpContent) {
            part = Part.HEAD;
        }
        return true;
    }

    private boolean begin(ChannelHandlerContext context, Object message) {
        if (current != null) {
            return false;
        }
        if (ending) {
            part = message instanceof LastHttpContent ? Part.HEAD : Part.DROPPED;
            ReferenceCountUtil.release(message);
            return true;
        }
        if (shared.draining.isOn() && message instanceof HttpRequest head && !isProbe(head)) {
            shared.draining.requested();
        }
        DirectEndpoints.Call call =
                message instanceof HttpRequest head && head.decoderResult().isSuccess()
                        ? shared.endpoints.match(head)
                        : null;
        if (call == null) {
            passed++;
            // Behind a head that cannot be read comes nothing.
            boolean more = !(message instanceof LastHttpContent)
                    && message instanceof HttpRequest head
                    && head.decoderResult().isSuccess();
            part = more ? Part.PASSED : Part.HEAD;
            context.fireChannelRead(message);
            return true;
        }
        if (passed > 0) {
            return false;
        }
        begin(new Exchange(context, (HttpRequest) message, call));
        return true;
    }

    /** Probes come to the last, and say nothing about clients. */
    private static boolean isProbe(HttpRequest head) {
        return head.uri().startsWith(PROBES);
    }

    private void begin(Exchange exchange) {
        current = exchange;
        part = Part.BODY;
        exchange.begin();
    }

    private void body(HttpContent message) {
        Exchange exchange = current;
        try {
            if (exchange != null) {
                exchange.take(message);
            }
        } finally {
            message.release();
        }
    }

    /** Goes on with what waited. */
    private void drain(ChannelHandlerContext context) {
        if (draining || waiting.isEmpty()) {
            return;
        }
        draining = true;
        int before = passed;
        for (Object next = waiting.poll(); next != null; next = waiting.poll()) {
            if (!take(context, next)) {
                waiting.addFirst(next);
                break;
            }
        }
        draining = false;
        if (passed != before && !reading) {
            context.fireChannelReadComplete();
        }
        if (readWanted && waiting.isEmpty()) {
            readWanted = false;
            context.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        forget();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        forget();
    }

    private void forget() {
        ending = true;
        Exchange exchange = current;
        current = null;
        if (exchange != null) {
            exchange.forget();
        }
        for (Object next = waiting.poll(); next != null; next = waiting.poll()) {
            ReferenceCountUtil.release(next);
        }
    }

    // ---- out: what the framework's handler does

    @Override
    public void read(ChannelHandlerContext context) {
        if (waiting.isEmpty()) {
            context.read();
        } else {
            readWanted = true;
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        active = true;
        boolean last = message instanceof LastHttpContent;
        if (message instanceof HttpResponse response) {
            if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                last = false;
            } else {
                if (leaves() && passed == 1 && HttpUtil.isKeepAlive(response)) {
                    HttpUtil.setKeepAlive(response, false);
                    lastAnswer = true;
                }
                ending |= !HttpUtil.isKeepAlive(response);
                if (!response.headers().contains(HttpHeaderNames.DATE)) {
                    response.headers().set(HttpHeaderNames.DATE, shared.date.now());
                }
            }
        }
        if (last && lastAnswer) {
            var _ = context.write(message, promise.unvoid()).addListener(ignored -> {
                var _ = context.close();
            });
        } else {
            var _ = context.write(message, promise);
        }
        if (last) {
            passed--;
            if (passed == 0 && !waiting.isEmpty()) {
                // Not from within the framework's writing, which is not made for another request to come now.
                context.executor().execute(() -> drain(context));
            }
        }
    }

    /** Whether the connection ends with the next answer: nothing that was sent already waits for another one. */
    private boolean leaves() {
        return shared.draining.isOn() && waiting.isEmpty();
    }

    /** A closing that the framework asks for, as it does before the process ends, waits for the request under way. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (current == null) {
            var _ = context.close(promise);
        } else if (closing == null) {
            closing = promise;
        } else if (!promise.isVoid()) {
            var _ = PromiseNotifier.cascade(closing, promise);
        }
    }

    /** One request of the direct endpoints. */
    private final class Exchange implements BiConsumer<@Nullable DirectAnswer, @Nullable Throwable> {
        private final ChannelHandlerContext context;
        private final HttpRequest head;
        private final DirectEndpoints.Call call;
        private final long started = System.nanoTime();
        private boolean closes;
        private @Nullable RequestBody body;

        Exchange(ChannelHandlerContext context, HttpRequest head, DirectEndpoints.Call call) {
            this.context = context;
            this.head = head;
            this.call = call;
            this.closes = !HttpUtil.isKeepAlive(head);
        }

        /** Looks at the head; may answer at once. */
        void begin() {
            boolean asksFirst = head.headers().contains(HttpHeaderNames.EXPECT) && HttpUtil.is100ContinueExpected(head);
            try {
                body = new RequestBody(head, shared.maxBodyBytes);
            } catch (RuntimeException e) {
                // Who asked first may send the body or not: only a new connection tells where the next request begins.
                closes |= asksFirst;
                refuse(e);
                return;
            }
            if (asksFirst) {
                var _ = context.writeAndFlush(
                        new DefaultFullHttpResponse(head.protocolVersion(), HttpResponseStatus.CONTINUE));
            }
        }

        void take(HttpContent message) {
            RequestBody taking = body;
            if (taking == null) {
                return;
            }
            try {
                taking.add(message);
            } catch (RuntimeException e) {
                closes |= message.decoderResult().isFailure();
                refuse(e);
                return;
            }
            if (message instanceof LastHttpContent) {
                part = Part.HEAD;
                body = null;
                run(taking.bytes());
            }
        }

        private void refuse(Throwable failure) {
            part = Part.DROPPED;
            forget();
            finish(call.failed(failure));
        }

        void forget() {
            RequestBody taking = body;
            body = null;
            if (taking != null) {
                taking.close();
            }
        }

        private void run(byte[] bytes) {
            CompletableFuture<DirectAnswer> answer;
            try {
                answer = call.answer(bytes);
            } catch (RuntimeException e) {
                finish(call.failed(e));
                return;
            }
            var _ = answer.whenComplete(this);
        }

        @Override
        public void accept(@Nullable DirectAnswer answer, @Nullable Throwable failure) {
            if (context.executor().inEventLoop()) {
                completed(answer, failure);
            } else {
                context.executor().execute(() -> completed(answer, failure));
            }
        }

        private void completed(@Nullable DirectAnswer answer, @Nullable Throwable failure) {
            finish(answer != null ? answer : call.failed(failure == null ? new IllegalStateException() : failure));
        }

        private void finish(DirectAnswer answer) {
            if (!this.equals(current)) {
                // The client went away.
                return;
            }
            current = null;
            ending |= closes || closing != null || leaves();
            FullHttpResponse response = Responses.of(head, answer, shared.date.now(), ending);
            call.timers().record(answer.status().code(), System.nanoTime() - started);
            if (ending) {
                ChannelPromise promise = closing == null ? context.newPromise() : closing;
                var _ = context.writeAndFlush(response).addListener(ignored -> {
                    var _ = context.close(promise);
                });
                return;
            }
            var _ = context.write(response, context.voidPromise());
            drain(context);
            if (reading) {
                flushing = true;
            } else {
                context.flush();
            }
        }
    }
}

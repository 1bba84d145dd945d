package io.shardeddb.router.http.direct;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.shardeddb.router.drain.Draining;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a network: what begins with /direct is answered by the test, through {@link #begun}, everything
 * else by a stand-in of the framework when the test says so.
 */
final class Connection {

    static final long LIMIT = 100;
    static final long IDLE_MILLIS = 60_000;
    static final String DATE = "Thu, 01 Jan 1970 00:00:07 GMT";

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    /** Direct requests that were begun, in order. */
    final List<Begun> begun = new ArrayList<>();
    /** Requests that the framework has, in order. */
    final ArrayDeque<String> passed = new ArrayDeque<>();

    final Draining draining = new Draining();

    final EmbeddedChannel channel;
    private final EndpointTimers timers = new EndpointTimers(meters, "GET", "/direct/{number}");
    private @Nullable ChannelHandlerContext framework;
    int reads;

    /** A request that was begun. */
    record Begun(String path, String body, CompletableFuture<DirectAnswer> answer) {
        void answer(String text) {
            answer.complete(DirectAnswer.json(HttpResponseStatus.OK, text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private final class Socket extends ChannelDuplexHandler {
        @Override
        public void read(ChannelHandlerContext context) {
            reads++;
            context.read();
        }
    }

    private final class Framework extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            framework = context;
            context.channel().config().setAutoRead(false);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest head) {
                passed.add(head.uri());
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.read();
        }
    }

    Connection() {
        HttpDate date = new HttpDate(Clock.fixed(Instant.ofEpochSecond(7), ZoneOffset.UTC));
        channel = new EmbeddedChannel(
                new Socket(),
                new HttpServerCodec(),
                new DirectHandler(new DirectHandler.Shared(new TestEndpoints(), date, draining, LIMIT, IDLE_MILLIS)),
                new Framework());
    }

    private final class TestEndpoints implements DirectEndpoints {
        @Override
        public @Nullable Call match(HttpRequest head) {
            return head.uri().startsWith("/direct") ? new TestCall(head.uri()) : null;
        }

        @Override
        public List<Endpoint> all() {
            return List.of(new Endpoint("GET", "/direct/{number}"));
        }
    }

    private final class TestCall implements DirectEndpoints.Call {
        private final String path;

        TestCall(String path) {
            this.path = path;
        }

        @Override
        public CompletableFuture<DirectAnswer> answer(byte[] body) {
            Begun one = new Begun(path, new String(body, StandardCharsets.UTF_8), new CompletableFuture<>());
            begun.add(one);
            return one.answer();
        }

        @Override
        public DirectAnswer failed(Throwable failure) {
            return DirectAnswer.problem(
                    400, String.valueOf(failure.getMessage()).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public EndpointTimers timers() {
            return timers;
        }
    }

    /** The client sends. */
    void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\n" + String.join("", List.of(headers)) + "\r\n";
    }

    static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** The framework answers its oldest request. */
    void frameworkAnswers(String text, boolean close) {
        ChannelHandlerContext context = framework;
        if (context == null || passed.poll() == null) {
            throw new IllegalStateException("the framework has nothing to answer");
        }
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, text.length());
        if (close) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        var _ = context.writeAndFlush(response);
        channel.runPendingTasks();
    }

    /** The framework closes, as it does before the process ends. */
    void frameworkCloses() {
        ChannelHandlerContext context = framework;
        if (context != null) {
            var _ = context.close();
        }
    }

    /** The client closes. */
    void clientLeaves() {
        var _ = channel.pipeline().firstContext().close();
    }

    /** What the client has received since the last time. */
    String received() {
        StringBuilder text = new StringBuilder();
        for (Object part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            if (part instanceof ByteBuf bytes) {
                text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            } else if (!(part instanceof LastHttpContent)) {
                throw new IllegalStateException("not bytes: " + part);
            }
            ReferenceCountUtil.release(part);
        }
        return text.toString();
    }

    /** The bodies of what the client has received, one after the other. */
    String bodies() {
        return received().replaceAll("(?s)HTTP/1\\..*?\r\n\r\n", "|");
    }
}

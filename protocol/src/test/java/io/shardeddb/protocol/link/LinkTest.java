package io.shardeddb.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.Credential;
import io.shardeddb.protocol.credential.DatabaseSecret;
import io.shardeddb.protocol.credential.Presented;
import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.LinkHello;
import io.shardeddb.protocol.wire.NumberedReply;
import io.shardeddb.protocol.wire.NumberedRequest;
import io.shardeddb.protocol.wire.PeerHello;
import io.shardeddb.protocol.wire.ReplyFrame;
import io.shardeddb.protocol.wire.RequestFrame;
import io.shardeddb.protocol.wire.RouterHello;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Links over loopback. */
class LinkTest {
    private static final int PORT_ATTEMPTS = 20;
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();
    private static final DatabaseSecret SECRET = DatabaseSecret.random(new SecureRandom());
    private static final DatabaseSecret OTHER = DatabaseSecret.random(new SecureRandom());
    private static final LinkHello.Builder ROUTER = LinkHello.newBuilder().setRouter(RouterHello.getDefaultInstance());

    private final LinkThreads threads = LinkThreads.start("link-test");
    private @Nullable LinkServer server;
    private final Changing callers = new Changing();
    private final Changing own = new Changing();

    /** A credential that the test changes; nobody is asked for anything as long as there is none. */
    private static final class Changing implements Authentication {
        volatile @Nullable Credential credential;

        /** How often callers were judged that showed {@link #OTHER}. */
        final AtomicInteger others = new AtomicInteger();

        @Override
        public @Nullable DatabaseSecret shown() {
            Credential now = credential;
            return now == null ? null : now.shown();
        }

        @Override
        public @Nullable String refusal(Presented presented) {
            if (Credential.of(OTHER, true).refusal(presented) == null) {
                others.incrementAndGet();
            }
            Credential now = credential;
            return now == null ? null : now.refusal(presented);
        }

        @Override
        public String fingerprint() {
            return "";
        }
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        threads.close();
    }

    /** Notes what happens to a link. */
    private static final class Seen<I> implements LinkReceiver<I> {
        final BlockingQueue<I> messages = new LinkedBlockingQueue<>();
        final CountDownLatch ready = new CountDownLatch(1);
        final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

        @Override
        public void received(I message) {
            messages.add(message);
        }

        @Override
        public void ready() {
            ready.countDown();
        }

        @Override
        public void ended(String reason) {
            ends.add(reason);
        }

        I next() throws InterruptedException {
            I message = messages.poll(10, TimeUnit.SECONDS);
            assertThat(message).as("a message within ten seconds").isNotNull();
            return message;
        }

        String end() throws InterruptedException {
            String reason = ends.poll(20, TimeUnit.SECONDS);
            assertThat(reason).as("an end within twenty seconds").isNotNull();
            return reason;
        }
    }

    /** Listens behind a port that was free; gives that port. */
    private int serve(LinkServer.Acceptor acceptor) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, HOST)) {
                port = free.getLocalPort();
            }
            try {
                server = new LinkServer(
                        new InetSocketAddress(HOST, port),
                        threads,
                        LinkHello.newBuilder().setPeer(PeerHello.newBuilder().setServer("Server1")),
                        callers,
                        Duration.ofMillis(100),
                        acceptor);
                return port;
            } catch (IOException e) {
                if (attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Link<ReplyFrame, RequestFrame> dial(int port, Seen<ReplyFrame> seen) {
        return new LinkDialer(null, ROUTER, own)
                .dial(HOST.getHostAddress() + ":" + port, threads.next(), ReplyFrame.parser(), seen);
    }

    private static RequestFrame request(long number, int bytes) {
        RowOperation operation = RowOperation.newBuilder()
                .setRow(ByteString.copyFrom(new byte[bytes]))
                .build();
        return RequestFrame.newBuilder()
                .addRequests(NumberedRequest.newBuilder()
                        .setNumber(number)
                        .setWrite(WriteRequest.newBuilder().addOperations(operation)))
                .build();
    }

    private static ReplyFrame reply(long number) {
        return ReplyFrame.newBuilder()
                .addReplies(NumberedReply.newBuilder()
                        .setNumber(number)
                        .setError(ErrorDetail.newBuilder().setMessage("no")))
                .build();
    }

    @Test
    void carriesMessagesBothWaysInOrder() throws Exception {
        AtomicReference<Link<RequestFrame, ReplyFrame>> there = new AtomicReference<>();
        AtomicReference<LinkHello> hello = new AtomicReference<>();
        Seen<RequestFrame> atServer = new Seen<>();
        int port = serve((who, caller) -> {
            hello.set(who);
            caller.<RequestFrame, ReplyFrame>take(RequestFrame.parser(), link -> {
                there.set(link);
                return atServer;
            });
        });
        Seen<ReplyFrame> atRouter = new Seen<>();
        Link<ReplyFrame, RequestFrame> link = dial(port, atRouter);
        assertThat(atRouter.ready.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(hello.get().hasRouter()).isTrue();

        // The second one needs many reads of the socket.
        link.thread().execute(() -> {
            link.send(request(1, 10));
            link.send(request(2, 3 << 20));
            link.send(request(3, 0));
        });
        assertThat(atServer.next()).isEqualTo(request(1, 10));
        assertThat(atServer.next()).isEqualTo(request(2, 3 << 20));
        assertThat(atServer.next()).isEqualTo(request(3, 0));
        there.get().thread().execute(() -> there.get().send(reply(7)));
        assertThat(atRouter.next()).isEqualTo(reply(7));

        link.close();
        assertThat(atRouter.end()).isEqualTo("closed");
        assertThat(atServer.end()).isEqualTo("closed by the other side");
    }

    @Test
    void tellsWhyALinkIsRefused() throws Exception {
        int port = serve((who, caller) -> caller.refuse("not today"));
        Seen<ReplyFrame> seen = new Seen<>();
        var _ = dial(port, seen);
        assertThat(seen.end()).isEqualTo("refused: not today");
        assertThat(seen.ready.getCount()).isEqualTo(1);
        assertThat(seen.ends).isEmpty();
    }

    /** Waits until a link that showed the other secret was judged so many times. */
    private void awaitOthers(int times) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (callers.others.get() < times) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private Seen<ReplyFrame> dialed() throws IOException {
        int port = serve((who, caller) ->
                caller.<RequestFrame, ReplyFrame>take(RequestFrame.parser(), link -> new Seen<RequestFrame>()));
        Seen<ReplyFrame> seen = new Seen<>();
        var _ = dial(port, seen);
        return seen;
    }

    @Test
    void refusesWhoShowsNoSecretOrAWrongOne() throws Exception {
        callers.credential = Credential.of(SECRET, true);
        Seen<ReplyFrame> without = dialed();
        assertThat(without.end()).startsWith("refused: UNAUTHENTICATED: ").contains("none was shown");
        own.credential = Credential.of(OTHER, true);
        Seen<ReplyFrame> wrong = dialed();
        assertThat(wrong.end()).startsWith("refused: UNAUTHENTICATED: ").contains("not the one of this database");
        assertThat(List.of(without.ready.getCount(), wrong.ready.getCount())).containsOnly(1L);
        own.credential = Credential.of(SECRET, true);
        assertThat(dialed().ready.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCallerOfAnOlderVersionIsLetInUntilTheSecretIsRequired() throws Exception {
        callers.credential = Credential.of(SECRET, false);
        Seen<ReplyFrame> seen = dialed();
        assertThat(seen.ready.await(10, TimeUnit.SECONDS)).isTrue();
        callers.credential = Credential.of(SECRET, true);
        assertThat(seen.end()).isEqualTo("closed by the other side");
    }

    @Test
    void aLinkStandsWhileTheSecretIsChanged() throws Exception {
        callers.credential = Credential.of(SECRET, true);
        own.credential = callers.credential;
        Seen<ReplyFrame> seen = dialed();
        assertThat(seen.ready.await(10, TimeUnit.SECONDS)).isTrue();
        callers.credential = new Credential(SECRET, List.of(SECRET, OTHER), true, "");
        own.credential = Credential.of(OTHER, true);
        awaitOthers(1);
        callers.credential = Credential.of(OTHER, true);
        awaitOthers(callers.others.get() + 5);
        assertThat(seen.ends).isEmpty();
        callers.credential = Credential.of(SECRET, true);
        assertThat(seen.end()).isEqualTo("closed by the other side");
    }

    @Test
    void endsOnceWhenNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, HOST)) {
            port = free.getLocalPort() - 1;
        }
        Seen<ReplyFrame> seen = new Seen<>();
        Link<ReplyFrame, RequestFrame> link = dial(port, seen);
        assertThat(seen.end()).contains("refused");
        link.close();
        threads.first().submit(() -> {}).get();
        assertThat(seen.ends).isEmpty();
    }

    @Test
    void endsWhenNothingIsHeardOfTheOtherSide() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, HOST)) {
            Seen<ReplyFrame> seen = new Seen<>();
            var _ = dial(mute.getLocalPort() - 1, seen);
            try (Socket taken = mute.accept()) {
                assertThat(taken.getInputStream().read()).isNotNegative();
                assertThat(seen.end()).startsWith("nothing was heard");
            }
        }
    }

    @Test
    void staysWhileTheOtherSideAnswersThoughNothingIsSaid() throws Exception {
        int port = serve(
                (who, caller) -> caller.<RequestFrame, ReplyFrame>take(RequestFrame.parser(), link -> new Seen<>()));
        Seen<ReplyFrame> seen = new Seen<>();
        var _ = dial(port, seen);
        assertThat(seen.ready.await(10, TimeUnit.SECONDS)).isTrue();
        // Longer than the silence that ends a link.
        assertThat(seen.ends.poll(10, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void whatIsNoFrameEndsTheLinkAndNotTheServer() throws Exception {
        Seen<RequestFrame> atServer = new Seen<>();
        int port = serve((who, caller) -> caller.take(RequestFrame.parser(), link -> atServer));
        try (Socket stranger = new Socket(HOST, LinkServer.port(port))) {
            stranger.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            stranger.setSoTimeout(10_000);
            assertThat(stranger.getInputStream().read()).as("end of the stream").isEqualTo(-1);
        }
        Seen<ReplyFrame> seen = new Seen<>();
        Link<ReplyFrame, RequestFrame> link = dial(port, seen);
        assertThat(seen.ready.await(10, TimeUnit.SECONDS)).isTrue();
        link.thread().execute(() -> link.send(request(1, 1)));
        assertThat(atServer.next()).isEqualTo(request(1, 1));
    }
}

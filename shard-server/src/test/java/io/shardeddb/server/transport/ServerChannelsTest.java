package io.shardeddb.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.stream.EventLoops;
import io.shardeddb.protocol.stream.SingleAnswer;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.PeerGrpc;
import io.shardeddb.protocol.wire.StatusRequest;
import io.shardeddb.protocol.wire.TakeCopyReply;
import io.shardeddb.protocol.wire.TakeCopyRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections to another server whose calls fail while others go on. */
final class ServerChannelsTest {

    private final EventLoops loops = new EventLoops("channels-test");
    private final ServerChannels channels = new ServerChannels(null, loops, Authentication.NONE);
    private final Copies copies = new Copies();
    private Server server;
    private String endpoint;

    /** Is asked for copies, and answers when a test wants it. */
    private static final class Copies extends PeerGrpc.PeerImplBase {
        private final CompletableFuture<StreamObserver<TakeCopyReply>> asked = new CompletableFuture<>();

        @Override
        public void takeCopy(TakeCopyRequest request, StreamObserver<TakeCopyReply> answer) {
            asked.complete(answer);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = listen();
        endpoint = "127.0.0.1:" + server.getPort();
    }

    @AfterEach
    void stop() {
        channels.close();
        server.shutdownNow();
        loops.close();
    }

    private Server listen() throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(copies)
                .build()
                .start();
    }

    @Test
    void keepsWhatOtherCallsGoOnWith() throws Exception {
        SingleAnswer<TakeCopyReply> copy = new SingleAnswer<>();
        PeerGrpc.newStub(channels.get(endpoint)).takeCopy(TakeCopyRequest.getDefaultInstance(), copy);
        StreamObserver<TakeCopyReply> source = copies.asked.get(10, TimeUnit.SECONDS);

        askForWhatIsNotThere(channels.get(endpoint));
        channels.callFailed(endpoint);
        source.onNext(TakeCopyReply.newBuilder().setIndex(7).build());
        source.onCompleted();

        assertThat(copy.future().get(10, TimeUnit.SECONDS).getIndex()).isEqualTo(7);
    }

    @Test
    void makesAnotherOneWhenTheServerIsGone() throws Exception {
        ManagedChannel before = channels.get(endpoint);
        askForWhatIsNotThere(before);
        server.shutdownNow().awaitTermination();

        askForWhatIsNotThere(before);
        channels.callFailed(endpoint);

        assertThat(before.isShutdown()).isTrue();
        assertThat(channels.get(endpoint)).isNotSameAs(before);
    }

    private static void askForWhatIsNotThere(ManagedChannel channel) {
        assertThatThrownBy(() -> ControlGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .status(StatusRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class);
    }
}

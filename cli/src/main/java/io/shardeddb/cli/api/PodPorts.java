package io.shardeddb.cli.api;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.PortForward;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A port of this machine, on its loopback address, that leads to a port of pods through a Kubernetes API. Each
 * connection goes to the pod that is chosen when it begins.
 */
public final class PodPorts implements AutoCloseable {

    private final KubernetesClient client;
    private final Supplier<PodPort> choice;
    private final ServerSocketChannel listener;
    private final Set<Carried> carried = ConcurrentHashMap.newKeySet();

    /**
     * Where a connection goes.
     *
     * @param port 1 to 65535
     */
    public record PodPort(String namespace, String pod, int port) {}

    private PodPorts(KubernetesClient client, Supplier<PodPort> choice, ServerSocketChannel listener) {
        this.client = client;
        this.choice = choice;
        this.listener = listener;
    }

    /**
     * Begins to listen on a free port.
     *
     * @param choice chooses the pod of a connection; if it throws, the connection is closed
     */
    static PodPorts open(KubernetesClient client, Supplier<PodPort> choice) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        PodPorts ports = new PodPorts(client, choice, listener);
        Thread.ofVirtual().name("pod-ports").start(ports::accept);
        return ports;
    }

    /** Where it listens, such as {@code http://127.0.0.1:40001}. */
    public String address() {
        try {
            InetSocketAddress local = (InetSocketAddress) listener.getLocalAddress();
            return "http://" + local.getAddress().getHostAddress() + ":" + local.getPort();
        } catch (IOException e) {
            throw new IllegalStateException("it does not listen any more", e);
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel connection = listener.accept();
                Thread.ofVirtual().name("pod-port").start(() -> carry(connection));
            } catch (IOException e) {
                // Closed, or of no more use; who connects sees that nobody listens.
                closeQuietly(listener);
            }
        }
    }

    private void carry(SocketChannel connection) {
        Carried one = new Carried(connection);
        carried.add(one);
        try {
            connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
            PodPort target = choice.get();
            one.forward.complete(client.pods()
                    .inNamespace(target.namespace())
                    .withName(target.pod())
                    .portForward(target.port(), one, connection));
        } catch (IOException | RuntimeException e) {
            // Its client sees the connection end, and asks again.
            one.close();
        }
        if (!listener.isOpen()) {
            one.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        carried.forEach(Carried::close);
    }

    /** What a client sends over one connection; its end ends the way to the pod too. */
    private final class Carried implements ReadableByteChannel {

        private final SocketChannel connection;
        private final CompletableFuture<PortForward> forward = new CompletableFuture<>();

        Carried(SocketChannel connection) {
            this.connection = connection;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            try {
                int read = connection.read(buffer);
                if (read < 0) {
                    close();
                }
                return read;
            } catch (ClosedChannelException e) {
                return -1;
            }
        }

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public void close() {
            carried.remove(this);
            closeQuietly(connection);
            CompletableFuture<Void> _ = forward.thenAccept(PodPorts::closeQuietly);
        }
    }

    private static void closeQuietly(Closeable end) {
        try {
            end.close();
        } catch (IOException e) {
            // It is of no more use, closed or not.
            return;
        }
    }
}

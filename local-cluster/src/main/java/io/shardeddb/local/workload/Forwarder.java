package io.shardeddb.local.workload;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts TCP connections at one address and passes each on to one of the addresses behind, in turn. */
final class Forwarder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final int CONNECT_MILLIS = 1000;
    private static final int BUFFER = 32 << 10;

    private final ServerSocket listener;
    private final Supplier<List<InetSocketAddress>> targets;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Forwarder(ServerSocket listener, Supplier<List<InetSocketAddress>> targets) {
        this.listener = listener;
        this.targets = targets;
    }

    /** Starts listening; port 0 takes a free one. */
    static Forwarder start(InetAddress address, int port, Supplier<List<InetSocketAddress>> targets)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(address, port), 1024);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        Forwarder forwarder = new Forwarder(listener, targets);
        Thread.ofVirtual().name("forwarder").start(forwarder::accept);
        return forwarder;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().name("forward").start(() -> forward(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("A connection to {} was not accepted: {}", listener.getLocalSocketAddress(), e.toString());
                }
            }
        }
    }

    private void forward(Socket client) {
        open.add(client);
        try (client;
                Socket server = connect()) {
            open.add(server);
            client.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().name("forward-back").start(() -> copy(server, client));
            copy(client, server);
            back.join();
            open.remove(server);
        } catch (IOException e) {
            LOG.debug("No connection behind {}: {}", listener.getLocalSocketAddress(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private Socket connect() throws IOException {
        List<InetSocketAddress> addresses = targets.get();
        IOException failure = new IOException("no address is ready");
        int first = turn.getAndIncrement();
        for (int i = 0; i < addresses.size(); i++) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.connect(addresses.get(Math.floorMod(first + i, addresses.size())), CONNECT_MILLIS);
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure;
    }

    /** Copies until the source ends, then ends the other side's input; a broken side breaks the other. */
    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A socket did not close: {}", e.toString());
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(Forwarder::closeQuietly);
    }
}

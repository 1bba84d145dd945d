package io.shardeddb.local.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server with a virtual thread per connection. It is our own because a watch must be able to end when its
 * client goes and to continue as a WebSocket, neither of which the JDK's server can do.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int BACKLOG = 256;

    private final InetSocketAddress address;
    private final Handler handler;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private ServerSocket listener;

    /** Answers requests; called on the connection's own virtual thread. */
    @FunctionalInterface
    public interface Handler {
        /** Answers one request through the exchange. */
        void handle(Request request, Exchange exchange) throws IOException;
    }

    private HttpServer(ServerSocket listener, Handler handler) {
        this.listener = listener;
        this.address = new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        this.handler = handler;
    }

    /**
     * Starts listening.
     *
     * @param address the address to listen on
     * @param port the port, 0 for any free one
     * @throws BindException when the port is in use
     */
    public static HttpServer start(InetAddress address, int port, Handler handler) throws IOException {
        ServerSocket listener = bound(new InetSocketAddress(address, port));
        HttpServer server = new HttpServer(listener, handler);
        server.acceptFrom(listener);
        return server;
    }

    private static ServerSocket bound(InetSocketAddress address) throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
            return listener;
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    /** The port that the server listens on. */
    public int port() {
        return address.getPort();
    }

    /** Breaks all connections and refuses new ones, until it {@linkplain #listenAgain() listens again}. */
    public synchronized void stopListening() throws IOException {
        listener.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }

    /**
     * Listens again, at the same port, if it does not.
     *
     * @throws BindException when another program took the port meanwhile
     */
    public synchronized void listenAgain() throws IOException {
        if (listener.isClosed()) {
            listener = bound(address);
            acceptFrom(listener);
        }
    }

    private void acceptFrom(ServerSocket opened) {
        Thread.ofVirtual().name("http-accept").start(() -> accept(opened));
    }

    private void accept(ServerSocket opened) {
        while (!opened.isClosed()) {
            try {
                Socket socket = opened.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                if (opened.isClosed()) {
                    // Came in while the others were broken.
                    socket.close();
                }
                Thread.ofVirtual().name("http-connection").start(() -> serve(socket));
            } catch (SocketException e) {
                if (!opened.isClosed()) {
                    LOG.warn("A connection was not accepted: {}", e.toString());
                }
            } catch (IOException e) {
                LOG.warn("A connection was not accepted: {}", e.toString());
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Connection(socket, handler).serve();
        } catch (IOException e) {
            LOG.trace("A client went away: {}", e.toString());
        } finally {
            connections.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        stopListening();
    }
}

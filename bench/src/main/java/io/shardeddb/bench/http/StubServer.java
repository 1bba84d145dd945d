package io.shardeddb.bench.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers every request at once with the same row: load on it shows what the load generator itself can do. Expects
 * requests of less than a buffer, one at a time on a connection, as {@link HttpConnection} sends them.
 */
public final class StubServer implements AutoCloseable {

    private static final int BUFFER = 64 << 10;
    private static final byte[] ANSWER =
            ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 54\r\n\r\n"
                            + "{\"Stud_id\":2255,\"Stud_name\":\"abcdefghijk\",\"Marks\":27}  ")
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private StubServer(ServerSocket listener) {
        this.listener = listener;
    }

    /** Listens on a free port of the loopback address. */
    public static StubServer start() throws IOException {
        StubServer server = new StubServer(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon(true).name("stub").start(server::accept);
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofPlatform().daemon(true).name("stub-connection").start(() -> serve(socket));
            } catch (SocketException e) {
                // Closed: the end of its work.
                return;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket socket) {
        byte[] buffer = new byte[BUFFER];
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            while (in.read(buffer) > 0) {
                socket.getOutputStream().write(ANSWER);
            }
        } catch (SocketException e) {
            // The client went, which is how every connection ends.
            open.remove(socket);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}

package io.shardeddb.systemtests.clients;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.shardeddb.cli.rows.RouterClient.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Reads an answer of some megabytes so slowly that its stream is open for seconds. Each time on a connection of its
 * own.
 *
 * @param stop from then on it rests no more
 */
public record SlowReader(URI endpoint, String path, CountDownLatch stop) {

    /** What is taken at once, in bytes, and how long it then rests. */
    private static final int SIP = 16 * 1024;

    private static final int SIP_MILLIS = 10;
    private static final int ANSWER_MILLIS = 30_000;

    /** Reads to the end. */
    public Answer read() throws InterruptedException {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try (Socket socket = new Socket()) {
            // What the machine would take in by itself is no part of the stream any more.
            socket.setReceiveBufferSize(SIP);
            socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            String head =
                    "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, endpoint.getAuthority());
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            for (byte[] some = in.readNBytes(SIP); some.length > 0; some = in.readNBytes(SIP)) {
                got.writeBytes(some);
                var _ = stop.await(SIP_MILLIS, TimeUnit.MILLISECONDS);
            }
            return OnceClients.answer(got.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Answer(0, MissingNode.getInstance(), e + " after " + got.size() + " bytes");
        }
    }
}

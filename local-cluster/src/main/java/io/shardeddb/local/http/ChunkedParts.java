package io.shardeddb.local.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A body in HTTP chunks. A second thread reads the connection only to see the client go. */
final class ChunkedParts implements Exchange.PartStream {
    private final Socket socket;
    private final OutputStream out;
    private final ClientWatch client = new ClientWatch();

    ChunkedParts(Socket socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.out = out;
        Thread.ofVirtual().name("http-client-watch").start(() -> {
            try {
                while (in.read() >= 0) {
                    // A client that sends more before the stream's end is not answered: the connection closes after it.
                }
            } catch (IOException e) {
                // The connection is broken, which is what this thread waits for.
            } finally {
                client.markGone();
            }
        });
    }

    @Override
    public void send(byte[] part) throws IOException {
        if (part.length == 0) {
            return;
        }
        out.write((Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(part);
        out.write('\r');
        out.write('\n');
        out.flush();
    }

    @Override
    public boolean clientGone() {
        return client.isGone();
    }

    @Override
    public void onClientGone(Runnable action) {
        client.onGone(action);
    }

    @Override
    public void close() throws IOException {
        try {
            if (!client.isGone()) {
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        } finally {
            socket.close();
        }
    }
}

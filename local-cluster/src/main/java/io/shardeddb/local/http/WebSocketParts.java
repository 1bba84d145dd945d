package io.shardeddb.local.http;

import java.io.IOException;
import java.net.Socket;

/**
 * Text messages over a WebSocket, server to client only: what the client says is read for ping and close and otherwise
 * dropped.
 */
final class WebSocketParts implements Exchange.PartStream {
    private final Socket socket;
    private final WebSocketFrames frames;
    private final ClientWatch client = new ClientWatch();

    WebSocketParts(Socket socket, WebSocketFrames frames) {
        this.socket = socket;
        this.frames = frames;
        Thread.ofVirtual().name("websocket-reader").start(() -> {
            try {
                while (frames.read().opcode() != WebSocketFrames.CLOSE) {
                    // Nothing else is expected of this client.
                }
            } catch (IOException e) {
                // The connection is broken: the same as closed.
            } finally {
                client.markGone();
            }
        });
    }

    @Override
    public void send(byte[] part) throws IOException {
        frames.write(WebSocketFrames.TEXT, part);
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
                frames.writeClose();
            }
        } finally {
            socket.close();
        }
    }
}

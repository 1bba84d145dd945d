package io.shardeddb.local.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** Binary messages over a WebSocket, in both directions. */
final class WebSocketMessages implements Exchange.Messages {
    private static final int LONGEST = 8 << 20;

    private final Socket socket;
    private final WebSocketFrames frames;

    WebSocketMessages(Socket socket, WebSocketFrames frames) {
        this.socket = socket;
        this.frames = frames;
    }

    @Override
    public byte @Nullable [] receive() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            WebSocketFrames.Frame frame;
            try {
                frame = frames.read();
            } catch (EOFException | SocketException e) {
                return null;
            }
            switch (frame.opcode()) {
                case WebSocketFrames.CLOSE -> {
                    return null;
                }
                case WebSocketFrames.CONTINUATION, WebSocketFrames.TEXT, WebSocketFrames.BINARY -> {
                    message.writeBytes(frame.payload());
                    if (message.size() > LONGEST) {
                        throw new IOException("a message of more than " + LONGEST + " bytes");
                    }
                    if (frame.last()) {
                        return message.toByteArray();
                    }
                }
                default -> {
                    // A ping, which is answered, or a pong.
                }
            }
        }
    }

    @Override
    public void send(byte[] message) throws IOException {
        frames.write(WebSocketFrames.BINARY, message);
    }

    @Override
    public void close() throws IOException {
        try {
            frames.writeClose();
        } finally {
            socket.close();
        }
    }
}

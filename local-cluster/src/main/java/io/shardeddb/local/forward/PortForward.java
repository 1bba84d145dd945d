package io.shardeddb.local.forward;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.http.Exchange.Messages;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one connection between a client's WebSocket and a port of a pod. Channel 0 has data and channel 1 has errors.
 * The first message of each tells the port.
 */
public final class PortForward {
    private static final Logger LOG = LoggerFactory.getLogger(PortForward.class);
    private static final byte DATA = 0;
    private static final byte ERROR = 1;
    private static final int CONNECT_MILLIS = 2_000;
    private static final int BUFFER = 32 << 10;

    private PortForward() {}

    /** Carries until one of the sides ends. Closes the messages. */
    public static void carry(JsonNode pod, int port, Messages client) throws IOException {
        try (client;
                Socket server = new Socket()) {
            client.send(new byte[] {DATA, (byte) port, (byte) (port >> 8)});
            client.send(new byte[] {ERROR, (byte) port, (byte) (port >> 8)});
            try {
                server.setTcpNoDelay(true);
                server.connect(new InetSocketAddress(Tree.textOr(pod, "", "status", "podIP"), port), CONNECT_MILLIS);
            } catch (IOException e) {
                String why = "error forwarding port " + port + " to pod " + Meta.name(pod) + ": " + e.getMessage();
                client.send(message(ERROR, why.getBytes(StandardCharsets.UTF_8)));
                return;
            }
            Thread back = Thread.ofVirtual().name("port-forward-back").start(() -> back(server, client));
            OutputStream out = server.getOutputStream();
            for (byte[] message = client.receive(); message != null; message = client.receive()) {
                if (message.length > 0 && message[0] == DATA) {
                    out.write(message, 1, message.length - 1);
                }
            }
            // Ends the other thread's reading.
            server.shutdownInput();
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void back(Socket server, Messages client) {
        byte[] buffer = new byte[BUFFER];
        try (client) {
            InputStream in = server.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                byte[] data = new byte[n];
                System.arraycopy(buffer, 0, data, 0, n);
                client.send(message(DATA, data));
            }
        } catch (IOException e) {
            LOG.debug("A forwarded connection broke: {}", e.toString());
        }
    }

    private static byte[] message(byte channel, byte[] content) {
        byte[] message = new byte[content.length + 1];
        message[0] = channel;
        System.arraycopy(content, 0, message, 1, content.length);
        return message;
    }
}

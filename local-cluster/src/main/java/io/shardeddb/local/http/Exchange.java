package io.shardeddb.local.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a handler answers one request: exactly one of the methods, once. */
public interface Exchange {
    /** Adds a header to the answer that comes next; it counts for whole bodies only. */
    default void header(String name, String value) {}

    /** Answers with a whole body. */
    void send(int status, String contentType, byte[] body) throws IOException;

    /** Answers 200 and goes on with parts of the body, each sent at once, until closed. */
    PartStream stream(String contentType) throws IOException;

    /** Answers 101 and goes on with WebSocket text messages. */
    PartStream webSocket() throws IOException;

    /** Answers 101 and goes on with binary WebSocket messages of a protocol that the client has offered. */
    Messages messages(String protocol) throws IOException;

    /** Messages in both directions. One thread receives; any thread sends. */
    interface Messages extends AutoCloseable {
        /** The next message; null when the client has gone. */
        byte @Nullable [] receive() throws IOException;

        /** Sends one message at once. */
        void send(byte[] message) throws IOException;

        /** Says goodbye and closes the connection; a receiver then hears that the client has gone. */
        @Override
        void close() throws IOException;
    }

    /** A body sent in parts. */
    interface PartStream extends AutoCloseable {
        /** Sends one part at once. */
        void send(byte[] part) throws IOException;

        /** Whether the client has gone. */
        boolean clientGone();

        /** Calls back once when the client goes, at once when it has gone already. */
        void onClientGone(Runnable action);

        @Override
        void close() throws IOException;
    }
}

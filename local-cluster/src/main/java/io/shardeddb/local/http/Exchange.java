package io.shardeddb.local.http;

import java.io.IOException;

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

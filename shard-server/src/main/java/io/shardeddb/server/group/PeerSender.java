package io.shardeddb.server.group;

import io.shardeddb.consensus.Message;
import java.util.List;

/** The way to other servers. Messages may be lost. */
@FunctionalInterface
public interface PeerSender {

    /**
     * Sends messages of any groups, in order, without waiting.
     *
     * @param endpoint host:port of the receiver
     */
    void send(String endpoint, List<Message> messages);
}

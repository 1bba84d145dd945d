package io.shardeddb.server.copy;

import io.shardeddb.protocol.wire.Uid;

/**
 * Told of open copies. A copy pins no log itself: while one is open, the owner of the log must keep the entries after
 * its index, so that the receiver can go on from there.
 */
public interface CopyPins {

    /**
     * A copy was opened.
     *
     * @param group whose rows
     * @param copyId the copy's id
     * @param index applied index in its view: entries after it are needed
     */
    void opened(Uid group, String copyId, long index);

    /** A copy ended: closed by its receiver, idle for too long, or ended by a change of the tables. */
    void closed(Uid group, String copyId);
}

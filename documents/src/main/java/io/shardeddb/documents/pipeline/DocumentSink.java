package io.shardeddb.documents.pipeline;

import io.shardeddb.documents.value.DocumentValue.ObjectValue;

/** Takes documents one by one. Not for several threads at once. */
public interface DocumentSink {

    /**
     * Takes a document.
     *
     * @return whether more are wanted; after a no the giver may stop, and calls {@link #end} then too
     * @throws io.shardeddb.protocol.error.DatabaseException if it cannot be worked on; nothing more is given then
     */
    boolean accept(ObjectValue document);

    /** Says once that no more come: what was held back is given on now. */
    void end();
}

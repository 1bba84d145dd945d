package io.shardeddb.protocol.link;

/**
 * Takes what comes over a link. Everything is called on the link's thread and must not block.
 *
 * @param <I> messages that come
 */
public interface LinkReceiver<I> {

    /** A message came. What is thrown ends the link. */
    void received(I message);

    /** The link takes messages: for the first time, or again. */
    void ready();

    /** There is no link any more, or it could not be made. Called once, as the last. */
    void ended(String reason);
}

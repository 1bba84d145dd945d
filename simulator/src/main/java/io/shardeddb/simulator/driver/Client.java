package io.shardeddb.simulator.driver;

/** Somebody who asks for one thing after the other. */
interface Client {
    /** Begins to. */
    void begin();

    /** Nothing new is begun. */
    void rest();

    /** Whether it waits for something that was begun. */
    boolean isBusy();
}

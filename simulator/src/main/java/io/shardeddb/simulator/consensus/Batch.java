package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Payload;

/**
 * What the modelled clients write.
 *
 * @param request the id under which the write runs at most once; 0 for a change of the schema
 * @param key the register that it appends to
 * @param schema the schema version that a change brings; 0 for a write
 * @param issued when the client issued it
 * @param timestamp the leader's stamp
 */
record Batch(long request, int key, long schema, long issued, long timestamp) implements Payload.Command {
    @Override
    public int sizeInBytes() {
        return 40;
    }
}

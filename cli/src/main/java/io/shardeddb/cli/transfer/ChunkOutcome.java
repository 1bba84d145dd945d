package io.shardeddb.cli.transfer;

import java.util.List;

/**
 * What happened to the records of one chunk.
 *
 * @param inserted how many were inserted
 * @param present how many were there already, the same
 * @param refused lines for the file of refused records
 */
record ChunkOutcome(long inserted, long present, List<String> refused) {

    /** Of no records. */
    static final ChunkOutcome NOTHING = new ChunkOutcome(0, 0, List.of());

    /** Both together. */
    ChunkOutcome plus(ChunkOutcome other) {
        List<String> all = new java.util.ArrayList<>(refused);
        all.addAll(other.refused);
        return new ChunkOutcome(inserted + other.inserted, present + other.present, List.copyOf(all));
    }

    /** How many records it tells of. */
    long records() {
        return inserted + present + refused.size();
    }
}

package io.shardeddb.protocol.change;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.keyspace.Hash64;
import java.nio.ByteBuffer;

/**
 * Tells whether a range has the rows that were read of it: their number, and the sum of hashes of their keys and
 * versions. As versions never come twice for a key, equal sums mean equal rows. Not for several threads.
 */
public final class RangeChecksum {
    private int rows;
    private long sum;

    /**
     * Adds a row. The order of rows does not matter.
     *
     * @param key canonical bytes of the primary key
     * @param version of the row
     */
    public void add(ByteString key, long version) {
        ByteBuffer bytes = ByteBuffer.allocate(key.size() + Long.BYTES);
        key.copyTo(bytes);
        bytes.putLong(version);
        rows++;
        sum += Hash64.of(bytes.array());
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Sum of the rows' hashes. */
    public long sum() {
        return sum;
    }
}

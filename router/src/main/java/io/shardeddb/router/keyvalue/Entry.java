package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.router.keyvalue.expiry.Expiry;
import org.jspecify.annotations.Nullable;

/**
 * A key and what stands under it.
 *
 * @param value its bytes; absent: it is a counter, or the value was not asked for
 * @param type the value's content type
 * @param number a counter's number; absent: it is no counter
 * @param expires milliseconds since the epoch, by the shard's time; absent: never
 * @param version timestamp of the write that made it
 */
public record Entry(
        ByteString key,
        @Nullable ByteString value,
        String type,
        @Nullable Long number,
        @Nullable Long expires,
        long version) {

    /**
     * Whether it counts as absent.
     *
     * @param shardMillis the shard's time, in milliseconds since the epoch
     */
    public boolean isOver(long shardMillis) {
        return Expiry.isOver(expires, shardMillis);
    }
}

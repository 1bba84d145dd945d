package io.shardeddb.server.store;

import io.shardeddb.protocol.wire.ErrorDetail;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.WriteReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What applying one entry gave.
 *
 * @param index the entry's log index
 * @param replies for a write batch, one reply per request, in the batch's order (without leader hint); else empty
 * @param checksums for a checksum mark, this replica's checksums; else empty
 * @param error for an entry that is not a write batch, why it changed nothing (a schema that would drop data, an
 *     interval of an older epoch); absent when it took effect
 */
public record EntryOutcome(
        long index,
        List<WriteReply> replies,
        List<TableChecksum> checksums,
        @Nullable ErrorDetail error) {}

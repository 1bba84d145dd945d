package io.shardeddb.server.store;

import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.WriteReply;
import java.util.List;

/**
 * What applying one entry gave.
 *
 * @param index the entry's log index
 * @param replies for a write batch, one reply per request, in the batch's order (without leader hint); else empty
 * @param checksums for a checksum mark, this replica's checksums; else empty
 */
public record EntryOutcome(long index, List<WriteReply> replies, List<TableChecksum> checksums) {}

package io.shardeddb.server.store;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.SchemaDefinition;
import org.jspecify.annotations.Nullable;

/**
 * How far the log is in the tables, and what stands next to the rows.
 *
 * @param index last applied log index; 0 for an empty replica
 * @param term term of that entry
 * @param timestamp greatest timestamp applied
 * @param schema the tables; absent before the first definition
 * @param interval positions owned; absent before the first ownership entry
 * @param epoch epoch of that interval
 * @param open whether clients may write
 * @param stateHash running hash of (index, result codes, affected counts), equal on all replicas at equal index
 * @param configuration last applied membership, encoded; absent if none was applied
 * @param configurationIndex index of that membership's entry; 0 if none
 */
public record AppliedState(
        long index,
        long term,
        long timestamp,
        @Nullable SchemaDefinition schema,
        @Nullable PositionInterval interval,
        long epoch,
        boolean open,
        long stateHash,
        @Nullable ByteString configuration,
        long configurationIndex) {}

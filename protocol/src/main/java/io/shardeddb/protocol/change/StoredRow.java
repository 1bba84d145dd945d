package io.shardeddb.protocol.change;

import io.shardeddb.protocol.value.Row;

/**
 * A row as it is stored at some point of the log.
 *
 * @param row all columns in table order
 * @param version timestamp of the write that made it
 */
public record StoredRow(Row row, long version) {}

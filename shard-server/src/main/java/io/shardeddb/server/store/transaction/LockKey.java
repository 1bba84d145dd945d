package io.shardeddb.server.store.transaction;

import com.google.protobuf.ByteString;

/**
 * A row's key, which one transaction at a time can have locked.
 *
 * @param table name of its table
 * @param key canonical bytes of the whole primary key
 */
public record LockKey(String table, ByteString key) {}

package io.shardeddb.router.interactive;

import io.shardeddb.protocol.value.Row;

/** A row by its table and its whole primary key. */
record RowKey(String table, Row key) {}

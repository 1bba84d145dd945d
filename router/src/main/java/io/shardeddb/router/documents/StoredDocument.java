package io.shardeddb.router.documents;

import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.value.Row;

/**
 * A document, as it is stored.
 *
 * @param key of its row
 * @param version timestamp of the write that made it; 0: not committed yet, by the transaction that reads it
 */
public record StoredDocument(Row key, ObjectValue document, long version) {}

/**
 * What the rest of the server sees of one replica's tables in MySQL: the ports ({@link ReplicaStore}, {@link StoreFactory}, the two ends of
 * a copy), what goes through them, and how they fail. Nothing here speaks JDBC. The rooms behind the ports, each using only those before it:
 * {@code sql} the statements and connections, {@code state} what is kept beside the users' rows, {@code request} what a request is decided to
 * be, {@code apply} the transactions, {@code read} pages and keys, {@code schema} changes of tables, {@code copy} both ends of a copy, and
 * {@code mysql} the store that is made of them.
 */
@NullMarked
package io.shardeddb.server.store;

import org.jspecify.annotations.NullMarked;

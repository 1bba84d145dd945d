/**
 * What the rest of the server sees of one replica's tables in MySQL: the ports ({@link ReplicaStore},
 * {@link StoreFactory}, the two ends of a copy), what goes through them, and how they fail. Nothing here speaks JDBC.
 * The packages below it use only those named before them. {@code sql} has the statements and connections, {@code state}
 * what is kept next to the users' rows, {@code request} the decisions on requests, {@code apply} the transactions.
 * {@code read} has pages and keys, {@code schema} changes of tables, and {@code copy} both ends of a copy.
 * {@code mysql} has the store that is made of them.
 */
@NullMarked
package io.shardeddb.server.store;

import org.jspecify.annotations.NullMarked;

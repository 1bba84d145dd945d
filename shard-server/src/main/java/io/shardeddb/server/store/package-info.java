/** One replica's tables in MySQL: apply, read, copy. The only package that speaks JDBC. */
@NullMarked
package io.shardeddb.server.store;

import org.jspecify.annotations.NullMarked;

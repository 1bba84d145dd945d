/**
 * Text and connections: every statement ({@code SqlText}, {@code TableSql}), values on their way to the driver and
 * back, the two pools, and what each error of a database means. States: a connection is in its pool, lent to one
 * transaction, or held open for the next packets. Price: a connection that fails once is closed, and opening another
 * one costs a few round trips.
 */
@NullMarked
package io.shardeddb.server.store.sql;

import org.jspecify.annotations.NullMarked;

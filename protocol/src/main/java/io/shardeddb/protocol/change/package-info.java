/**
 * Changes of one row that depend on what the row is: preconditions, and values that are computed from it. Everything
 * here is pure. A replica evaluates it when it applies the entry, in log order, in Java and never in the database, so
 * that every replica computes the same bytes whatever engine it has.
 *
 * <p>Words: a row's <em>version</em> is the timestamp of the write that made it. A <em>precondition</em> holds or does
 * not. An <em>expression</em> makes a column's next value of its present one. Neither has floating-point arithmetic.
 */
@NullMarked
package io.shardeddb.protocol.change;

import org.jspecify.annotations.NullMarked;

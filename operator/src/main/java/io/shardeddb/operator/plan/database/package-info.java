/**
 * What one reconcile of a database decides: pure functions from what was observed, and from a memory that is a value,
 * to steps.
 */
@NullMarked
package io.shardeddb.operator.plan.database;

import org.jspecify.annotations.NullMarked;

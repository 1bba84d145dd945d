/** The reconcilers: observe, plan, act, report. */
@NullMarked
package io.shardeddb.operator.reconcile;

import org.jspecify.annotations.NullMarked;

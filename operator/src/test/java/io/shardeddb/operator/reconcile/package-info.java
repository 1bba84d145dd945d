/** Tests of the loops over a whole world. */
@NullMarked
package io.shardeddb.operator.reconcile;

import org.jspecify.annotations.NullMarked;

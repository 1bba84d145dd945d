/** Transactions whose clients and routers end in the middle. */
@NullMarked
package io.shardeddb.systemtests.transactions;

import org.jspecify.annotations.NullMarked;

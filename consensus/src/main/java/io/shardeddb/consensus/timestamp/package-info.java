/** Ordered timestamps from several servers without consensus among them, as pure state machines (TaaS, PVLDB 17(5)). */
@NullMarked
package io.shardeddb.consensus.timestamp;

import org.jspecify.annotations.NullMarked;

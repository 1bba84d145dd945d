/** Decisions: what was observed in, the next steps out. Pure. */
@NullMarked
package io.shardeddb.operator.plan;

import org.jspecify.annotations.NullMarked;

/** Tests of the decisions. */
@NullMarked
package io.shardeddb.operator.plan;

import org.jspecify.annotations.NullMarked;

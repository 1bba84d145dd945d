/** Tests of steps. */
@NullMarked
package io.shardeddb.operator.act;

import org.jspecify.annotations.NullMarked;

/** Tests of observing. */
@NullMarked
package io.shardeddb.operator.observe;

import org.jspecify.annotations.NullMarked;

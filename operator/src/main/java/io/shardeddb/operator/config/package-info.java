/** Settings of the operator process. */
@NullMarked
package io.shardeddb.operator.config;

import org.jspecify.annotations.NullMarked;

/** Waiting until something has come about, never without a bound. */
@NullMarked
package io.shardeddb.cli.waiting;

import org.jspecify.annotations.NullMarked;

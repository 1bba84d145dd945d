/** Histories that are in order, and histories that are not. */
@NullMarked
package io.shardeddb.cli.verify.check;

import org.jspecify.annotations.NullMarked;

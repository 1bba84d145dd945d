/** The cluster that a command works on: where it is, how it is reached, and its local processes. */
@NullMarked
package io.shardeddb.cli.cluster;

import org.jspecify.annotations.NullMarked;

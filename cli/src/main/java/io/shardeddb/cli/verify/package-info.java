/** {@code sdb verify}: workloads whose histories show whether the database keeps its promises, faults or not. */
@NullMarked
package io.shardeddb.cli.verify;

import org.jspecify.annotations.NullMarked;

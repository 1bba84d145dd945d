/** The {@code sdb} command. */
@NullMarked
package io.shardeddb.cli;

import org.jspecify.annotations.NullMarked;

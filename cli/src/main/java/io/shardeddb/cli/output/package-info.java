/** What all commands print with: the format that was asked for, columns, ages and intervals. */
@NullMarked
package io.shardeddb.cli.output;

import org.jspecify.annotations.NullMarked;

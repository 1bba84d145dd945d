/** What all commands print with: the format that was asked for, columns, ages and intervals, JSON. */
@NullMarked
package io.shardeddb.cli.output;

import org.jspecify.annotations.NullMarked;

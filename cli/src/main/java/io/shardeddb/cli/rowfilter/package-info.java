/** Filters over the rows of a table: what of them the router's endpoint can do, and what is decided here. */
@NullMarked
package io.shardeddb.cli.rowfilter;

import org.jspecify.annotations.NullMarked;

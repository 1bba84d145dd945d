/** Rows through the router's HTTP API. */
@NullMarked
package io.shardeddb.cli.rows;

import org.jspecify.annotations.NullMarked;

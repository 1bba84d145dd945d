/** Loading CSV files through the router. */
@NullMarked
package io.shardeddb.cli.load;

import org.jspecify.annotations.NullMarked;

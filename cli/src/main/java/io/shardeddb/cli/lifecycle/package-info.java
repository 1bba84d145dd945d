/** Starting, stopping and looking into the local cluster. */
@NullMarked
package io.shardeddb.cli.lifecycle;

import org.jspecify.annotations.NullMarked;

/** All processes together on one machine. */
@NullMarked
package io.shardeddb.systemtests;

import org.jspecify.annotations.NullMarked;

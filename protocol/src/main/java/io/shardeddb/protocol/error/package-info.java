/** The codes by which the processes say why something was not done. */
@NullMarked
package io.shardeddb.protocol.error;

import org.jspecify.annotations.NullMarked;

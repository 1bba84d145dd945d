/** Connections to ports of pods through the API server. */
@NullMarked
package io.shardeddb.local.forward;

import org.jspecify.annotations.NullMarked;

/** Ports of pods, through a fabric8 client. */
@NullMarked
package io.shardeddb.local.forward;

import org.jspecify.annotations.NullMarked;

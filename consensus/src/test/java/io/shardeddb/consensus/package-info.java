/** Tests of the protocol by hand-made situations; the simulator is in the package below. */
@NullMarked
package io.shardeddb.consensus;

import org.jspecify.annotations.NullMarked;

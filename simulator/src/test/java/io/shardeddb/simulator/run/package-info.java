/** The command on small simulators made for it. */
@NullMarked
package io.shardeddb.simulator.run;

import org.jspecify.annotations.NullMarked;

/** The command: runs simulators over many seeds in several threads, shrinks what they find, and reports. */
@NullMarked
package io.shardeddb.simulator.run;

import org.jspecify.annotations.NullMarked;

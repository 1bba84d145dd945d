/** {@code sdb simulate}: starts the simulators, which are a program of their own. */
@NullMarked
package io.shardeddb.cli.simulate;

import org.jspecify.annotations.NullMarked;

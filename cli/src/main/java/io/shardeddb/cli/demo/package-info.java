/** The demo: a database that loses a process and a disk while it is written to, and the comparison afterwards. */
@NullMarked
package io.shardeddb.cli.demo;

import org.jspecify.annotations.NullMarked;

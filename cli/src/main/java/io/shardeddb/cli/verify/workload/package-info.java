/** What clients do while a database is verified, and what must be true afterwards. */
@NullMarked
package io.shardeddb.cli.verify.workload;

import org.jspecify.annotations.NullMarked;

/** Tests of the log under the faults of disks. */
@NullMarked
package io.shardeddb.server.log;

import org.jspecify.annotations.NullMarked;

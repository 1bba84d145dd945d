/** The service's order of timestamps under crashes, lost disks, lost messages and changes of its membership. */
@NullMarked
package io.shardeddb.consensus.timestamp;

import org.jspecify.annotations.NullMarked;

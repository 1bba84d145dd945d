/** The runtime around the replication protocol: one thread drives all groups, others force the log, apply and read. */
@NullMarked
package io.shardeddb.server.group;

import org.jspecify.annotations.NullMarked;

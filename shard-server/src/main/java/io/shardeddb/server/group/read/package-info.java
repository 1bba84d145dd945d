/**
 * Reads that wait for a quorum's confirmation or for an index. States of a read: not confirmed, confirmed, begun,
 * answered. Price: a strong read costs a round of heartbeats, which all reads that wait share.
 */
@NullMarked
package io.shardeddb.server.group.read;

import org.jspecify.annotations.NullMarked;

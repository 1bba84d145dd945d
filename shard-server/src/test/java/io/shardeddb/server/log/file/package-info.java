/** Disks that fail. */
@NullMarked
package io.shardeddb.server.log.file;

import org.jspecify.annotations.NullMarked;

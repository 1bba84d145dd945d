/** Tests of where portions end. */
@NullMarked
package io.shardeddb.server.group.apply;

import org.jspecify.annotations.NullMarked;

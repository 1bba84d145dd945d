/** Tests of writes on their way into the log. */
@NullMarked
package io.shardeddb.server.group.propose;

import org.jspecify.annotations.NullMarked;

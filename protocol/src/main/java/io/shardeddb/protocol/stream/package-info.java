/** Many messages in few frames, and single answers. */
@NullMarked
package io.shardeddb.protocol.stream;

import org.jspecify.annotations.NullMarked;

/** The Data service: checks what routers ask and hands it to the groups. */
@NullMarked
package io.shardeddb.server.data;

import org.jspecify.annotations.NullMarked;

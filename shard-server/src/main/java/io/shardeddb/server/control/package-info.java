/** The Control service: what the operator asks of a server. */
@NullMarked
package io.shardeddb.server.control;

import org.jspecify.annotations.NullMarked;

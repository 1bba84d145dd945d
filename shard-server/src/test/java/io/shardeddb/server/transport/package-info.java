/** Tests of the package of the same name. */
@NullMarked
package io.shardeddb.server.transport;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package io.shardeddb.server.identity;

import org.jspecify.annotations.NullMarked;

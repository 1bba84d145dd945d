/** Tests of the package of the same name. */
@NullMarked
package io.shardeddb.server.data;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package io.shardeddb.server.http;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package io.shardeddb.server.config;

import org.jspecify.annotations.NullMarked;

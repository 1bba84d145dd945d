/** Tests of the environment tells the router. */
@NullMarked
package io.shardeddb.router.config;

import org.jspecify.annotations.NullMarked;

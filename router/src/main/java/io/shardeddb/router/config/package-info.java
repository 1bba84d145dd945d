/** What the router is told from outside. */
@NullMarked
package io.shardeddb.router.config;

import org.jspecify.annotations.NullMarked;

/** What the environment tells the process, checked once. */
@NullMarked
package io.shardeddb.server.config;

import org.jspecify.annotations.NullMarked;

/** Tests of the settings. */
@NullMarked
package io.shardeddb.server.config;

import org.jspecify.annotations.NullMarked;

/** Tests of the store against real database servers. */
@NullMarked
package io.shardeddb.server.store.mysql;

import org.jspecify.annotations.NullMarked;

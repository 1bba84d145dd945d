/** Tests of the store against real database servers. */
@NullMarked
package io.shardeddb.server.store;

import org.jspecify.annotations.NullMarked;

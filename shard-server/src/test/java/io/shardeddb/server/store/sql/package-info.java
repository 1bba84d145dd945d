/** Tests of statements, values, packets and errors. */
@NullMarked
package io.shardeddb.server.store.sql;

import org.jspecify.annotations.NullMarked;

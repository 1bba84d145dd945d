/**
 * The store itself: {@link io.shardeddb.server.store.ReplicaStore} made of the rooms next to this one, its factory, and
 * trials of tables. States of a database: not reached, foreign, being shut down, this volume's. Price: a look at it
 * costs a connection and one round trip.
 */
@NullMarked
package io.shardeddb.server.store.mysql;

import org.jspecify.annotations.NullMarked;
